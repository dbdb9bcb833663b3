#pragma once
// The type of a value in the graph.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "graph/dim.h"

namespace pharos {

// Memory layout of a tensor. Plain is row-major in the order of the dims. Blocked formats keep dim 1 (channels) in blocks
// that lie innermost: nC…16c; channels are padded with zeros to a multiple of the block. Dims are always the logical ones.
enum class Format : uint8_t { Plain, Blocked8c, Blocked16c, ChannelsLast };
std::string_view format_name(Format f);  // "plain", "c8", "c16", "nhwc"
std::optional<Format> format_from_name(std::string_view name);
constexpr int format_block(Format f) { return f == Format::Blocked8c ? 8 : f == Format::Blocked16c ? 16 : 1; }
// Elements that a tensor takes in memory in that format (padding included); nothing on overflow.
std::optional<int64_t> stored_elements(std::span<const int64_t> dims, Format f);

struct Type {
  enum class Kind : uint8_t { Unknown, Tensor, Sequence, Map, Optional };

  Kind kind = Kind::Unknown;
  DType dtype = DType::undefined;       // element type of a tensor; key type of a map
  std::optional<Shape> shape;           // tensor: nothing where even the rank is unknown
  Format format = Format::Plain;
  std::shared_ptr<const Type> element;  // sequence, optional: item type; map: value type

  static Type tensor(DType d) { Type t; t.kind = Kind::Tensor; t.dtype = d; return t; }
  static Type tensor(DType d, Shape s) { Type t = tensor(d); t.shape = std::move(s); return t; }
  static Type tensor(DType d, std::span<const int64_t> dims) { return tensor(d, shape_of(dims)); }
  static Type sequence(Type element);
  static Type optional(Type element);
  static Type map(DType key, Type value);

  bool is_tensor() const { return kind == Kind::Tensor; }
  bool has_rank() const { return shape.has_value(); }
  int rank() const { return int(shape->size()); }
  std::optional<Dims> dims() const { return shape ? concrete(*shape) : std::nullopt; }
  bool is_concrete() const { return is_tensor() && dims().has_value(); }
  std::optional<int64_t> stored_bytes() const;  // where concrete and not a string
  std::string text() const;  // "f32[N,3,224,224]", "f32[?]"-like: "f32[...]" without rank; "seq(f32[...])"; "c16" suffix "@c16"
  static std::optional<Type> parse(std::string_view text);
  friend bool operator==(const Type& a, const Type& b);  // structural; unknown dims count as equal here
};

// What two declarations of the same value agree on (the more exact of each dim); nothing where they contradict.
std::optional<Type> merge(const Type& a, const Type& b);

}  // namespace pharos
