// What a plugin says about itself is checked before anything of it is used.

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "base/text.h"
#include "catalog/plugins.h"
#include "plugins/plugin.h"

namespace pharos {
namespace {

constexpr size_t most_operators = 4096, most_params = 256, most_name = 128, most_doc = 4096;
constexpr size_t most_struct_bytes = 1 << 16;  // beyond is no size but garbage

class Reader {
 public:
  explicit Reader(std::string path) : path_(std::move(path)) {}

  Result<PluginPtr> read(const PharosPlugin* given, std::shared_ptr<void> library) {
    if (!given) return Report(diag::plugin_declined, {{"path", path_}, {"host", PHAROS_VERSION}});
    const PharosPlugin table = PHAROS_TRY(known_part(given, "PharosPlugin"));
    PHAROS_TRY(check_abi(table.abi));
    auto plugin = std::make_shared<Plugin>();
    plugin->library = std::move(library);
    plugin->path = path_;
    plugin->name = PHAROS_TRY(name(table.name, "the plugin's name", "-._"));
    plugin->doc = PHAROS_TRY(doc(table.doc, "the plugin's doc"));
    std::copy(table.version, table.version + 3, plugin->version);
    if (table.operator_count == 0 || table.operator_count > most_operators)
      return bad(fmt::format("operator_count is {}; expected 1 to {}", table.operator_count, most_operators));
    if (!table.operators) return bad("operators is NULL");
    std::set<std::pair<std::string, std::string>> seen;
    for (size_t i = 0; i < table.operator_count; ++i) {
      if (!table.operators[i]) return bad(fmt::format("operators[{}] is NULL", i));
      PluginOperator op = PHAROS_TRY(read_operator(table.operators[i]));
      if (!seen.emplace(op.domain, op.name).second) return bad(fmt::format("operator '{}' is there twice", op.name));
      plugin->operators.push_back(std::move(op));
    }
    return PluginPtr(std::move(plugin));
  }

 private:
  Report bad(std::string details) const {
    return Report(diag::plugin_malformed, {{"path", path_}, {"details", escape_control(details)}});
  }

  // Our version of a structure: what its maker did not know stays 0, what we do not know is not read.
  template <class T>
  Result<T> known_part(const T* given, std::string_view what) const {
    T out{};
    size_t size = 0;
    std::memcpy(&size, given, sizeof size);
    if (size < sizeof(T) || size > most_struct_bytes)  // ABI 1.0 is the oldest: nothing shorter exists
      return bad(fmt::format("struct_size of a {} is {}; expected {} or more", what, size, sizeof(T)));
    std::memcpy(static_cast<void*>(&out), given, sizeof out);
    return out;
  }

  Result<void> check_abi(uint32_t abi) const {
    const uint32_t major = abi >> 16, minor = abi & 0xffff;
    if (major == PHAROS_PLUGIN_ABI_MAJOR && minor <= PHAROS_PLUGIN_ABI_MINOR) return {};
    return Report(diag::plugin_abi, {{"path", path_},
                                     {"needs", fmt::format("{}.{}", major, minor)},
                                     {"here", fmt::format("{}.{}", PHAROS_PLUGIN_ABI_MAJOR, PHAROS_PLUGIN_ABI_MINOR)}});
  }

  // Letters, digits and `more`; not empty.
  Result<std::string> name(const char* given, std::string_view what, std::string_view more) const {
    if (!given) return bad(fmt::format("{} is NULL", what));
    const size_t size = strnlen(given, most_name + 1);
    if (size == 0 || size > most_name)
      return bad(fmt::format("{} has {} characters; expected 1 to {}", what, size, most_name));
    std::string out(given, size);
    for (const char c : out)
      if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && more.find(c) == more.npos)
        return bad(fmt::format("{} '{}' has a character that is neither a letter, a digit nor one of \"{}\"", what, out,
                               more));
    return out;
  }

  Result<std::string> doc(const char* given, std::string_view what) const {
    if (!given) return std::string();
    const size_t size = strnlen(given, most_doc + 1);
    if (size > most_doc) return bad(fmt::format("{} is longer than {} characters", what, most_doc));
    return escape_control(std::string(given, size));
  }

  Result<PluginOperator> read_operator(const PharosOperator* given) {
    PluginOperator op;
    op.table = PHAROS_TRY(known_part(given, "PharosOperator"));
    const PharosOperator& t = op.table;
    op.name = PHAROS_TRY(name(t.name, "an operator's name", "_"));
    if (!t.domain) return bad(fmt::format("domain of operator '{}' is NULL", op.name));
    if (*t.domain) op.domain = PHAROS_TRY(name(t.domain, fmt::format("domain of operator '{}'", op.name), "-._"));
    if (op.domain == "ai.onnx") op.domain.clear();
    const auto wrong = [&](std::string_view details) {
      return bad(fmt::format("operator '{}': {}", op.name, details));
    };
    if (op.domain == "pharos") return wrong("domain 'pharos' is that of fused operators");
    op.doc = PHAROS_TRY(doc(t.doc, "an operator's doc"));
    if (t.since_version < 0) return wrong(fmt::format("since_version is {}", t.since_version));
    if (t.flags & ~PHAROS_NOT_DETERMINISTIC) return wrong(fmt::format("flags {:#x} are not known", t.flags));
    if (!t.infer) return wrong("infer is NULL");
    if (!t.run) return wrong("run is NULL");
    if (!t.prepare != !t.release) return wrong("there is only one of prepare and release");
    if (t.in_place > t.input_count)
      return wrong(fmt::format("in_place is {}; there are {} inputs", t.in_place, t.input_count));
    if (t.output_count == 0) return wrong("it has no outputs");
    // The lists grow no more once names point into `texts`.
    if (t.input_count + t.output_count + t.attribute_count > most_params)
      return wrong(fmt::format("more than {} inputs, outputs and attributes", most_params));
    op.texts.reserve(2 * most_params);
    PHAROS_TRY(read_params(op, t.inputs, t.input_count, "input", op.inputs));
    PHAROS_TRY(read_params(op, t.outputs, t.output_count, "output", op.outputs));
    PHAROS_TRY(read_attributes(op));
    return op;
  }

  const char* keep(PluginOperator& op, std::string text) const {
    return op.texts.emplace_back(std::move(text)).c_str();
  }

  Result<void> read_params(PluginOperator& op, const PharosParam* given, size_t count, std::string_view kind,
                           std::vector<PharosParam>& out) const {
    const auto wrong = [&](size_t i, std::string_view details) {
      return bad(fmt::format("operator '{}', {} {}: {}", op.name, kind, i, details));
    };
    if (count && !given) return bad(fmt::format("operator '{}': {}s is NULL", op.name, kind));
    for (size_t i = 0; i < count; ++i) {
      PharosParam p = given[i];
      p.name = keep(op, PHAROS_TRY(name(p.name, fmt::format("operator '{}': name of {} {}", op.name, kind, i), "_")));
      constexpr uint64_t known = ((uint64_t{1} << dtype_count) - 1) & ~uint64_t{1};
      if (p.types & ~known) return wrong(i, fmt::format("types {:#x} has unknown element types", p.types));
      if (p.kind < PHAROS_REQUIRED || p.kind > PHAROS_VARIADIC) return wrong(i, fmt::format("kind is {}", p.kind));
      if (p.kind == PHAROS_VARIADIC && i + 1 != count) return wrong(i, "only the last one can be variadic");
      if (p.kind == PHAROS_REQUIRED && i > 0 && out[i - 1].kind == PHAROS_OPTIONAL && kind == "output")
        return wrong(i, "a required one behind an optional one");
      if (p.least > 255) return wrong(i, fmt::format("least is {}; expected 0 to 255", p.least));
      out.push_back(p);
    }
    return {};
  }

  Result<void> read_attributes(PluginOperator& op) const {
    const PharosOperator& t = op.table;
    if (t.attribute_count && !t.attributes) return bad(fmt::format("operator '{}': attributes is NULL", op.name));
    for (size_t i = 0; i < t.attribute_count; ++i) {
      PharosAttribute a = t.attributes[i];
      a.name =
          keep(op, PHAROS_TRY(name(a.name, fmt::format("operator '{}': name of attribute {}", op.name, i), "_-.")));
      if (a.kind <= PHAROS_NO_ATTRIBUTE || a.kind > PHAROS_TYPE_ATTRIBUTE)
        return bad(fmt::format("operator '{}', attribute '{}': kind is {}", op.name, a.name, a.kind));
      a.doc = keep(op, PHAROS_TRY(doc(a.doc, "an attribute's doc")));
      op.attributes.push_back(a);
    }
    return {};
  }

  std::string path_;
};

}  // namespace

std::string Plugin::version_text() const { return fmt::format("{}.{}.{}", version[0], version[1], version[2]); }

Result<PluginPtr> read_plugin(PharosPluginEntry entry, std::string path, std::shared_ptr<void> library) {
  const PharosPlugin* table = nullptr;
  try {
    table = entry(&plugin_host());
  } catch (...) {
    return Report(diag::plugin_malformed, {{"path", path}, {"details", "a C++ exception left pharos_plugin_v1"}});
  }
  return Reader(std::move(path)).read(table, std::move(library));
}

}  // namespace pharos
