#pragma once
// Whatever an ONNX value can hold at run time: tensor, sequence, map or (possibly absent) optional.

#include <memory>
#include <variant>
#include <vector>

#include "graph/tensor.h"
#include "graph/type.h"

namespace pharos {

struct Datum;
struct Sequence { Type element; std::vector<Datum> items; };
// Keys: a 1-D integer or string tensor; values: one tensor (ZipMap: 1-D floats) or a sequence as long as the keys.
struct Map { Tensor keys; Tensor values; };
struct Optional { Type element; std::shared_ptr<Datum> value; };  // empty pointer: absent

struct Datum {
  std::variant<std::monostate, Tensor, std::shared_ptr<Sequence>, std::shared_ptr<Map>, std::shared_ptr<Optional>> is;

  Datum() = default;
  Datum(Tensor t) : is(std::move(t)) {}
  Datum(Sequence s) : is(std::make_shared<Sequence>(std::move(s))) {}
  Datum(Map m) : is(std::make_shared<Map>(std::move(m))) {}
  Datum(Optional o) : is(std::make_shared<Optional>(std::move(o))) {}

  bool missing() const { return is.index() == 0; }  // an optional input or output that is left out
  const Tensor* tensor() const { return std::get_if<Tensor>(&is); }
  Tensor* tensor() { return std::get_if<Tensor>(&is); }
  const Sequence* sequence() const { const auto* p = std::get_if<std::shared_ptr<Sequence>>(&is); return p ? p->get() : nullptr; }
  const Map* map() const { const auto* p = std::get_if<std::shared_ptr<Map>>(&is); return p ? p->get() : nullptr; }
  const Optional* optional() const { const auto* p = std::get_if<std::shared_ptr<Optional>>(&is); return p ? p->get() : nullptr; }
};

Type type_of(const Datum& d);

}  // namespace pharos
