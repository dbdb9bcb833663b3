// The functions that a plugin calls. They trust nothing that comes in: an index, a name or a handle may be anything.

#include <algorithm>
#include <atomic>

#include "plugins/call.h"

namespace pharos {
namespace {

Call& call_of(PharosContext* c) { return *static_cast<Call*>(c); }
PharosText text_of(std::string_view s) { return {s.data(), s.size()}; }

const Attribute* find(PharosContext* c, const char* name) {
  if (!name) {
    call_of(c).breach("an attribute's name is NULL");
    return nullptr;
  }
  const auto& attributes = call_of(c).node().attributes;
  const auto it = attributes.find(std::string_view(name));
  return it == attributes.end() ? nullptr : &it->second;
}

void fail(PharosContext* c, const char* message) {
  call_of(c).say(message && *message ? message : "it gave no reason");
}
PharosText node_name(PharosContext* c) { return text_of(call_of(c).node().name); }
size_t input_count(PharosContext* c) { return call_of(c).node().formal_inputs(); }
size_t output_count(PharosContext* c) { return call_of(c).node().outputs.size(); }
int output_wanted(PharosContext* c, size_t i) { return call_of(c).node().has_output(i); }

PharosAttributeKind attribute_kind(PharosContext* c, const char* name) {
  // In the order of the alternatives of Attribute; subgraphs are refused before a plugin sees the node.
  static constexpr PharosAttributeKind kinds[] = {
      PHAROS_INT,   PHAROS_FLOAT,  PHAROS_TEXT,         PHAROS_INTS,    PHAROS_FLOATS,
      PHAROS_TEXTS, PHAROS_TENSOR, PHAROS_NO_ATTRIBUTE, PHAROS_TENSORS, PHAROS_TYPE_ATTRIBUTE};
  const Attribute* a = find(c, name);
  return a ? kinds[a->index()] : PHAROS_NO_ATTRIBUTE;
}

template <class T>
const std::vector<T>* list_of(const Attribute& a) {
  return std::get_if<std::vector<T>>(&a);
}

size_t attribute_count(PharosContext* c, const char* name) {
  const Attribute* a = find(c, name);
  if (!a) return 0;
  if (const auto* v = list_of<int64_t>(*a)) return v->size();
  if (const auto* v = list_of<float>(*a)) return v->size();
  if (const auto* v = list_of<std::string>(*a)) return v->size();
  if (const auto* v = list_of<Tensor>(*a)) return v->size();
  return std::holds_alternative<SharedGraph>(*a) ? 0 : 1;
}

template <class T>
const T* numbers(PharosContext* c, const char* name) {
  const Attribute* a = find(c, name);
  if (!a) return nullptr;
  if (const T* single = std::get_if<T>(a)) return single;
  const auto* list = list_of<T>(*a);
  return list && !list->empty() ? list->data() : nullptr;
}
const int64_t* attribute_ints(PharosContext* c, const char* name) { return numbers<int64_t>(c, name); }
const float* attribute_floats(PharosContext* c, const char* name) { return numbers<float>(c, name); }

PharosText attribute_text(PharosContext* c, const char* name, size_t index) {
  const Attribute* a = find(c, name);
  if (!a) return {nullptr, 0};
  if (const auto* s = std::get_if<std::string>(a); s && index == 0) return text_of(*s);
  if (const auto* v = list_of<std::string>(*a); v && index < v->size()) return text_of((*v)[index]);
  if (const auto* t = std::get_if<Type>(a); t && index == 0) return text_of(call_of(c).texts.emplace_front(t->text()));
  return {nullptr, 0};
}

PharosStatus attribute_tensor(PharosContext* c, const char* name, size_t index, PharosTensor* out) {
  const Attribute* a = find(c, name);
  if (!out) return call_of(c).breach("pharos_attribute_tensor was given no place for the tensor");
  *out = {};
  const Tensor* t = nullptr;
  if (a) {
    if (const auto* single = std::get_if<Tensor>(a); single && index == 0) t = single;
    if (const auto* v = list_of<Tensor>(*a); v && index < v->size()) t = &(*v)[index];
  }
  if (t) {
    show(*t, *out);
    return PHAROS_OK;
  }
  call_of(c).say(std::string("attribute '") + (name ? name : "") + "' has no such tensor");
  return PHAROS_FAILED;
}

PharosDType input_dtype(PharosContext* c, size_t i) {
  const Type* t = call_of(c).input_type(i);
  return t && t->is_tensor() ? PharosDType(t->dtype) : PHAROS_UNDEFINED;
}

int32_t input_rank(PharosContext* c, size_t i) {
  const Type* t = call_of(c).input_type(i);
  return t && t->is_tensor() && t->shape ? int32_t(t->shape->size()) : -1;
}

PharosDim input_dim(PharosContext* c, size_t i, int32_t axis) {
  const Type* t = call_of(c).input_type(i);
  if (!t || !t->is_tensor() || !t->shape) return PHAROS_DIM_UNKNOWN;
  const auto rank = int64_t(t->shape->size()), at = axis < 0 ? axis + rank : int64_t(axis);
  return at < 0 || at >= rank ? PHAROS_DIM_UNKNOWN : call_of(c).dim_handle((*t->shape)[size_t(at)]);
}

int input_contents(PharosContext* c, size_t i, PharosTensor* out) {
  const Tensor* t = call_of(c).contents(i);
  if (!t || !t->valid()) return 0;
  if (out) show(*t, *out);
  return 1;
}

PharosDim input_value(PharosContext* c, size_t i, size_t index) { return call_of(c).value(i, index); }

PharosDim dim(PharosContext* c, PharosDimOp op, PharosDim a, PharosDim b) {
  Call& call = call_of(c);
  const auto x = call.dim_of(a), y = call.dim_of(b);
  if (!x || !y) return PHAROS_DIM_UNKNOWN;
  switch (op) {
    case PHAROS_DIM_ADD: return call.dim_handle(*x + *y);
    case PHAROS_DIM_SUB: return call.dim_handle(*x - *y);
    case PHAROS_DIM_MUL: return call.dim_handle(*x * *y);
    case PHAROS_DIM_FLOOR_DIV: return call.dim_handle(floor_div(*x, *y));
    case PHAROS_DIM_CEIL_DIV: return call.dim_handle(ceil_div(*x, *y));
    case PHAROS_DIM_MIN: return call.dim_handle(min(*x, *y));
    case PHAROS_DIM_MAX: return call.dim_handle(max(*x, *y));
    default: call.breach("pharos_dim was asked for an operation that does not exist"); return PHAROS_DIM_UNKNOWN;
  }
}

PharosDim dim_up_to(PharosContext* c, PharosDim most) { return call_of(c).dim_up_to(most); }

PharosStatus set_output(PharosContext* c, size_t i, PharosDType dtype, int32_t rank, const PharosDim* dims) {
  return call_of(c).set_output(i, dtype, rank, dims);
}

PharosStatus input(PharosContext* c, size_t i, PharosTensor* out) {
  if (!out) return call_of(c).breach("pharos_input was given no place for the tensor");
  *out = {};
  return call_of(c).input(i, *out);
}

PharosStatus output(PharosContext* c, size_t i, PharosTensor* out) {
  if (!out) return call_of(c).breach("pharos_output was given no place for the tensor");
  *out = {};
  return call_of(c).output(i, *out);
}

PharosStatus make_output(PharosContext* c, size_t i, int32_t rank, const int64_t* dims, PharosTensor* out) {
  if (!out) return call_of(c).breach("pharos_make_output was given no place for the tensor");
  *out = {};
  if (rank < 0 || rank > 64 || (rank > 0 && !dims))
    return call_of(c).breach("pharos_make_output was given no dims or an impossible rank");
  return call_of(c).make_output(i, {dims, size_t(rank)}, *out);
}

void* workspace(PharosContext* c, size_t* bytes) {
  const std::span<std::byte> w = call_of(c).workspace();
  if (bytes) *bytes = w.size();
  return w.data();
}

int32_t threads(PharosContext* c) { return call_of(c).threads(); }

PharosStatus parallel_for(PharosContext* c, int64_t n, int64_t grain, void (*body)(void*, int64_t, int64_t),
                          void* user) {
  if (!body) return call_of(c).breach("pharos_parallel_for was given no body");
  std::atomic<bool> thrown{false};
  Threads(call_of(c).threads())
      .for_each(
          n,
          [&](int64_t first, int64_t last) {
            try {
              body(user, first, last);
            } catch (...) { thrown = true; }
          },
          std::max<int64_t>(grain, 1));
  return thrown ? call_of(c).breach("a C++ exception left the body of pharos_parallel_for") : PHAROS_OK;
}

uint64_t seed(PharosContext* c) { return call_of(c).seed(); }

std::string* string_in(const PharosTensor* t, int64_t i) {
  if (!t || t->dtype != PHAROS_STRING || !t->owner || i < 0 || i >= t->count) return nullptr;
  return static_cast<std::string*>(t->owner) + i;
}

PharosText string_at(const PharosTensor* t, int64_t i) {
  const std::string* s = string_in(t, i);
  return s ? text_of(*s) : PharosText{nullptr, 0};
}

PharosStatus set_string(PharosContext* c, const PharosTensor* t, int64_t i, PharosText text) {
  std::string* s = string_in(t, i);
  if (!s || (!text.data && text.size))
    return call_of(c).breach("pharos_set_string was given no string tensor, or an index outside it");
  return guarded(call_of(c), [&] {
    s->assign(text.data ? text.data : "", text.size);
    return PHAROS_OK;
  });
}

constexpr PharosHost host{.struct_size = sizeof(PharosHost),
                          .abi = PHAROS_PLUGIN_ABI(PHAROS_PLUGIN_ABI_MAJOR, PHAROS_PLUGIN_ABI_MINOR),
                          .pharos_version = PHAROS_VERSION,
                          .fail = fail,
                          .node_name = node_name,
                          .input_count = input_count,
                          .output_count = output_count,
                          .output_wanted = output_wanted,
                          .attribute_kind = attribute_kind,
                          .attribute_count = attribute_count,
                          .attribute_ints = attribute_ints,
                          .attribute_floats = attribute_floats,
                          .attribute_text = attribute_text,
                          .attribute_tensor = attribute_tensor,
                          .input_dtype = input_dtype,
                          .input_rank = input_rank,
                          .input_dim = input_dim,
                          .input_contents = input_contents,
                          .input_value = input_value,
                          .dim = dim,
                          .dim_up_to = dim_up_to,
                          .set_output = set_output,
                          .input = input,
                          .output = output,
                          .make_output = make_output,
                          .workspace = workspace,
                          .threads = threads,
                          .parallel_for = parallel_for,
                          .seed = seed,
                          .string_at = string_at,
                          .set_string = set_string};

}  // namespace

const PharosHost& plugin_host() { return host; }

}  // namespace pharos
