#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "base/files.h"
#include "catalog/catalog.h"
#include "catalog/policy.h"
#include "policy/policy.h"

namespace pharos {
namespace {

constexpr int64_t max_policy_bytes = 1 << 20;

class Reader {
 public:
  explicit Reader(std::string name) : name_(std::move(name)) {}

  Result<Policy> read(const toml::table& root) {
    for (const auto& [key, node] : root) {
      if (key == "version") PHAROS_TRY(version(node));
      else if (key == "fail_on") PHAROS_TRY(fail_on(node));
      else if (key == "codes") PHAROS_TRY(codes(node));
      else if (key == "budgets") PHAROS_TRY(budgets(node));
      else if (key == "waiver") PHAROS_TRY(waivers(node));
      else return wrong(key.source(), fmt::format("key '{}'", key.str()), "version, fail_on, codes, budgets or waiver");
    }
    return std::move(policy_);
  }

 private:
  Report wrong(const toml::source_region& at, std::string actual, std::string expected) const {
    return {diag::policy_invalid, {{"path", name_}, {"line", std::to_string(at.begin.line)}, {"column", std::to_string(at.begin.column)},
                                   {"actual", std::move(actual)}, {"expected", std::move(expected)}}};
  }

  Result<void> version(const toml::node& n) {
    if (n.value<int64_t>() == int64_t{1}) return {};
    return wrong(n.source(), "another version", "version = 1");
  }

  Result<void> fail_on(const toml::node& n) {
    const std::string word = n.value<std::string>().value_or("");
    if (word == "never") policy_.fail_on = FailOn::Never;
    else if (word == "error") policy_.fail_on = FailOn::Error;
    else if (word == "warning") policy_.fail_on = FailOn::Warning;
    else return wrong(n.source(), fmt::format("fail_on '{}'", word), "\"never\", \"error\" or \"warning\"");
    return {};
  }

  Result<void> code_list(const toml::node& n, std::vector<std::string>& into) {
    const toml::array* list = n.as_array();
    if (!list) return wrong(n.source(), "another type", "a list of codes, such as [\"PH9401\"]");
    for (const toml::node& item : *list) into.push_back(PHAROS_TRY(code(item)));
    return {};
  }

  // By code or slug; unknown ones are refused, since a gate with a typo would not hold.
  Result<std::string> code(const toml::node& n) const {
    const auto text = n.value<std::string>();
    const Diagnostic* d = text ? find_diagnostic(*text) : nullptr;
    if (!d) return wrong(n.source(), fmt::format("code '{}'", text.value_or("(no text)")), "a code of 'pharos list diagnostics'");
    return std::string(d->code);
  }

  Result<void> codes(const toml::node& n) {
    const toml::table* table = n.as_table();
    if (!table) return wrong(n.source(), "another type", "a table [codes]");
    for (const auto& [key, node] : *table) {
      if (key == "fail") PHAROS_TRY(code_list(node, policy_.fail_codes));
      else if (key == "ignore") PHAROS_TRY(code_list(node, policy_.ignore_codes));
      else return wrong(key.source(), fmt::format("key '{}'", key.str()), "fail or ignore");
    }
    return {};
  }

  Result<void> budgets(const toml::node& n) {
    const toml::table* table = n.as_table();
    if (!table) return wrong(n.source(), "another type", "a table [budgets]");
    Budgets& b = policy_.budgets;
    const std::pair<std::string_view, std::optional<double>*> numbers[] = {
        {"latency_median_ms", &b.latency_median_ms}, {"latency_p99_ms", &b.latency_p99_ms}, {"throughput_qps", &b.throughput_qps},
        {"peak_gpu_mib", &b.peak_gpu_mib}, {"peak_cpu_mib", &b.peak_cpu_mib}, {"build_seconds", &b.build_seconds},
        {"engine_mib", &b.engine_mib}, {"int8_layers_percent", &b.int8_layers_percent}};
    const std::pair<std::string_view, std::optional<int64_t>*> counts[] = {{"fallbacks", &b.fallbacks}, {"warnings", &b.warnings}};
    for (const auto& [key, node] : *table) {
      const auto value = node.value<double>();
      const auto number = std::find_if(std::begin(numbers), std::end(numbers), [&](const auto& f) { return key == f.first; });
      const auto count = std::find_if(std::begin(counts), std::end(counts), [&](const auto& f) { return key == f.first; });
      if (number == std::end(numbers) && count == std::end(counts)) {
        std::string known;
        for (const auto& f : numbers) known += fmt::format("{}, ", f.first);
        return wrong(key.source(), fmt::format("budget '{}'", key.str()), known + "fallbacks or warnings");
      }
      if (!value || !(*value >= 0) || *value > 1e15) return wrong(node.source(), fmt::format("'{}' of another type or size", key.str()), "a number from 0");
      if (number != std::end(numbers)) *number->second = *value;
      else *count->second = int64_t(*value);
    }
    return {};
  }

  Result<void> waivers(const toml::node& n) {
    const toml::array* list = n.as_array();
    if (!list) return wrong(n.source(), "another type", "tables [[waiver]]");
    for (const toml::node& item : *list) {
      const toml::table* table = item.as_table();
      if (!table) return wrong(item.source(), "another type", "a table [[waiver]]");
      policy_.waivers.push_back(PHAROS_TRY(waiver(*table)));
    }
    return {};
  }

  Result<Waiver> waiver(const toml::table& table) const {
    Waiver w;
    bool dated = false;
    for (const auto& [key, node] : table) {
      if (key == "code") w.code = PHAROS_TRY(code(node));
      else if (key == "match") w.match = node.value<std::string>().value_or("");
      else if (key == "reason") w.reason = node.value<std::string>().value_or("");
      else if (key == "expires") {
        const auto date = node.value<toml::date>();
        if (!date) return wrong(node.source(), "expires of another type", "a date, such as 2027-01-31");
        const auto days = std::chrono::sys_days{std::chrono::year(date->year) / date->month / date->day};
        w.expires = days.time_since_epoch().count();
        dated = true;
      } else {
        return wrong(key.source(), fmt::format("key '{}'", key.str()), "code, match, reason or expires");
      }
    }
    if (w.code.empty()) return wrong(table.source(), "a waiver without a code", "code = \"PH....\"");
    if (w.reason.empty()) return wrong(table.source(), "a waiver without a reason", "reason = \"why this may pass\"");
    if (!dated) return wrong(table.source(), "a waiver without an end", "expires = 2027-01-31");
    return w;
  }

  std::string name_;
  Policy policy_;
};

}  // namespace

Result<Policy> parse_policy(std::string_view text, const std::string& name) {
  const toml::parse_result parsed = toml::parse(text, name);
  if (!parsed) {
    const toml::parse_error& e = parsed.error();
    return Report(diag::policy_invalid, {{"path", name}, {"line", std::to_string(e.source().begin.line)}, {"column", std::to_string(e.source().begin.column)},
                                         {"actual", std::string(e.description())}, {"expected", "TOML"}});
  }
  return Reader(name).read(parsed.table());
}

Result<Policy> read_policy(const std::string& path) {
  const Bytes bytes = PHAROS_TRY(read_file(path, max_policy_bytes));
  return parse_policy({reinterpret_cast<const char*>(bytes.data), bytes.size}, path);
}

}  // namespace pharos
