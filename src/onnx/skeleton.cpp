#include "onnx/skeleton.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/general.h"
#include "catalog/import.h"

namespace pharos {
namespace {

constexpr int64_t cut_threshold = 4096;                // raw data below stays in the skeleton
constexpr size_t skeleton_limit = (size_t{1} << 31) - (size_t{1} << 20);  // protobuf's own

enum class Kind : uint8_t { Opaque, Model, Graph, Node, Attribute, Tensor, Sparse, Function };
constexpr std::string_view kind_names[] = {"", "model", "graph", "node", "attribute", "tensor", "sparse tensor", "function"};

// What a length-delimited field of a message is; opaque ones are copied as they are.
Kind child(Kind parent, uint64_t field) {
  switch (parent) {
    case Kind::Model: return field == 7 ? Kind::Graph : field == 25 ? Kind::Function : Kind::Opaque;
    case Kind::Graph: return field == 1 ? Kind::Node : field == 5 ? Kind::Tensor : field == 15 ? Kind::Sparse : Kind::Opaque;
    case Kind::Node: return field == 5 ? Kind::Attribute : Kind::Opaque;
    case Kind::Attribute:
      if (field == 5 || field == 10) return Kind::Tensor;
      if (field == 6 || field == 11) return Kind::Graph;
      return field == 22 || field == 23 ? Kind::Sparse : Kind::Opaque;
    case Kind::Sparse: return field == 1 || field == 2 ? Kind::Tensor : Kind::Opaque;
    case Kind::Function: return field == 7 ? Kind::Node : field == 11 ? Kind::Attribute : Kind::Opaque;
    default: return Kind::Opaque;
  }
}

// Documentation, and graphs for training: of no use here.
bool dropped(Kind parent, uint64_t field) {
  switch (parent) {
    case Kind::Model: return field == 20;
    case Kind::Graph: return field == 10;
    case Kind::Node: return field == 6;
    case Kind::Attribute: return field == 13;
    case Kind::Tensor: return field == 12 || field == cut_field;
    case Kind::Function: return field == 8;
    default: return false;
  }
}

// Sequential reading through a window; a failure is kept and ends everything.
class Window {
 public:
  explicit Window(const Source& source) : source_(source), size_(source.size()), buffer_(size_t{1} << 16) {}

  int64_t position() const { return base_ + int64_t(at_); }
  std::optional<Report> failure;

  bool varint(uint64_t& value) {
    value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at_ == filled_ && !fill()) return false;
      const auto b = uint8_t(buffer_[at_++]);
      value |= uint64_t(b & 0x7f) << shift;
      if (b < 0x80) return true;
    }
    return false;
  }
  void skip(int64_t n) {
    if (n <= int64_t(filled_ - at_)) { at_ += size_t(n); return; }
    base_ = position() + n;
    at_ = filled_ = 0;
  }
  bool copy(int64_t n, std::string& out) {
    while (n > 0) {
      if (at_ == filled_ && !fill()) return false;
      const size_t part = std::min<size_t>(size_t(n), filled_ - at_);
      out.append(reinterpret_cast<const char*>(buffer_.data() + at_), part);
      at_ += part;
      n -= int64_t(part);
    }
    return true;
  }

 private:
  bool fill() {
    base_ = position();
    at_ = filled_ = 0;
    const auto n = size_t(std::clamp<int64_t>(size_ - base_, 0, int64_t(buffer_.size())));
    if (n == 0) return false;
    if (auto r = source_.read(base_, std::span(buffer_).first(n)); !r) {
      failure = std::move(r).error();
      return false;
    }
    filled_ = n;
    return true;
  }

  const Source& source_;
  int64_t size_, base_ = 0;
  std::vector<std::byte> buffer_;
  size_t at_ = 0, filled_ = 0;
};

void put_varint(std::string& out, uint64_t v) {
  for (; v >= 0x80; v >>= 7) out.push_back(char(v | 0x80));
  out.push_back(char(v));
}

class Scanner {
 public:
  Scanner(const Source& source, const Limits& limits) : source_(source), limits_(limits), in_(source) {}

  Result<Skeleton> run() {
    stack_.push_back({Kind::Model, source_.size(), 0});
    while (!stack_.empty()) {
      if (in_.position() >= stack_.back().end) { leave(); continue; }
      PHAROS_TRY(field());
    }
    return std::move(out_);
  }

 private:
  struct Frame { Kind kind; int64_t end; size_t length_at; };

  Report damaged(std::string details) const {
    if (in_.failure) return *in_.failure;
    return Report(diag::model_damaged, {{"path", source_.name()}, {"details", std::move(details)}});
  }
  Report beyond(std::string what, const std::string& actual, std::string limit) const {
    return Report(diag::limit_exceeded, {{"what", std::move(what)}, {"actual", actual}, {"limit", std::move(limit)}});
  }

  // Lengths of open messages are written with five bytes, so that they can be corrected in place.
  void enter(Kind kind, int64_t size) {
    stack_.push_back({kind, in_.position() + size, out_.bytes.size()});
    out_.bytes.append(5, '\0');
  }
  void leave() {
    const Frame f = stack_.back();
    stack_.pop_back();
    if (f.kind == Kind::Graph) --graphs_open_;
    if (stack_.empty()) return;
    const uint64_t size = out_.bytes.size() - f.length_at - 5;
    for (size_t i = 0; i < 5; ++i) out_.bytes[f.length_at + i] = char(((size >> (7 * i)) & 0x7f) | (i < 4 ? 0x80 : 0));
  }

  Result<void> field() {
    const Frame top = stack_.back();
    const int64_t start = in_.position();
    uint64_t tag = 0;
    if (!in_.varint(tag) || tag >> 3 == 0 || tag >> 3 > 536870911)
      return damaged(fmt::format("no field of a {} at byte {}", kind_names[size_t(top.kind)], start));
    if (++fields_ > 16 * limits_.max_nodes)
      return beyond("the number of parts of the model", fmt::format("more than {}", fields_ - 1), std::to_string(16 * limits_.max_nodes));
    const uint64_t number = tag >> 3;
    const bool drop = dropped(top.kind, number);
    switch (tag & 7) {
      case 0: {
        uint64_t value = 0;
        if (!in_.varint(value)) return damaged(fmt::format("field {} of a {} ends within a number at byte {}", number, kind_names[size_t(top.kind)], start));
        if (!drop) { put_varint(out_.bytes, tag); put_varint(out_.bytes, value); }
        break;
      }
      case 1: PHAROS_TRY(fixed(tag, 8, drop)); break;
      case 5: PHAROS_TRY(fixed(tag, 4, drop)); break;
      case 2: PHAROS_TRY(delimited(top, start, tag, drop)); break;
      default: return damaged(fmt::format("field {} of a {} has wire type {} at byte {}", number, kind_names[size_t(top.kind)], tag & 7, start));
    }
    // A number may not reach beyond its message either; a nested message was checked when it was entered.
    if (in_.position() > top.end) return damaged(fmt::format("a {} ends within a field at byte {}", kind_names[size_t(top.kind)], start));
    if (out_.bytes.size() > skeleton_limit)
      return beyond("the structure of the model, without large raw weights,", "more than 2 GiB",
                    "2 GiB: store weights as raw data or external data");
    return {};
  }

  Result<void> fixed(uint64_t tag, int bytes, bool drop) {
    if (in_.position() + bytes > stack_.back().end) return damaged(fmt::format("a number is cut short at byte {}", in_.position()));
    if (drop) { in_.skip(bytes); return {}; }
    put_varint(out_.bytes, tag);
    if (!in_.copy(bytes, out_.bytes)) return damaged(fmt::format("a number is cut short at byte {}", in_.position()));
    return {};
  }

  Result<void> delimited(const Frame& top, int64_t start, uint64_t tag, bool drop) {
    const uint64_t number = tag >> 3;
    uint64_t size = 0;
    if (!in_.varint(size)) return damaged(fmt::format("the file ends within the length of field {} at byte {}", number, start));
    const int64_t at = in_.position(), room = top.end - at;
    if (room < 0 || size > uint64_t(room)) {
      if (size > uint64_t(std::max<int64_t>(0, source_.size() - at)))
        return damaged(fmt::format("field {} of a {} at byte {} needs {} bytes, but the file ends {} bytes after it", number,
                                   kind_names[size_t(top.kind)], start, size, source_.size() - at));
      return damaged(fmt::format("field {} of a {} at byte {} is larger than the {} itself", number, kind_names[size_t(top.kind)],
                                 start, kind_names[size_t(top.kind)]));
    }
    if (drop) {
      out_.has_training_info |= top.kind == Kind::Model;
      in_.skip(int64_t(size));
      return {};
    }
    if (top.kind == Kind::Tensor && number == 9 && int64_t(size) >= cut_threshold) {
      put_varint(out_.bytes, uint64_t(cut_field) << 3);
      put_varint(out_.bytes, out_.cuts.size());
      out_.cuts.push_back({at, int64_t(size)});
      in_.skip(int64_t(size));
      return {};
    }
    put_varint(out_.bytes, tag);
    const Kind kind = child(top.kind, number);
    if (kind != Kind::Opaque) return nested(kind, int64_t(size));
    put_varint(out_.bytes, size);
    if (!in_.copy(int64_t(size), out_.bytes)) return damaged(fmt::format("the file ends within field {} at byte {}", number, start));
    return {};
  }

  Result<void> nested(Kind kind, int64_t size) {
    out_.has_graph |= kind == Kind::Graph;
    if (kind == Kind::Graph && ++graphs_open_ > limits_.max_depth)
      return beyond("nesting of subgraphs", fmt::format("more than {} levels", limits_.max_depth), fmt::format("{} levels", limits_.max_depth));
    if (kind == Kind::Node && ++nodes_ > limits_.max_nodes)
      return beyond("the number of nodes", fmt::format("more than {}", limits_.max_nodes), std::to_string(limits_.max_nodes));
    enter(kind, size);
    return {};
  }

  const Source& source_;
  const Limits& limits_;
  Window in_;
  Skeleton out_;
  std::vector<Frame> stack_;
  int64_t fields_ = 0, nodes_ = 0;
  int graphs_open_ = 0;
};

}  // namespace

Result<Skeleton> read_skeleton(const Source& source, const Limits& limits) { return Scanner(source, limits).run(); }

}  // namespace pharos
