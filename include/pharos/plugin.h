#ifndef PHAROS_PLUGIN_H
#define PHAROS_PLUGIN_H
/*
 * Operators of your own.
 *
 * A plugin is a shared library that exports one function, `pharos_plugin_v1`. It returns a table that describes the
 * operators which the library adds: names, parameters, shape inference and a kernel. A plugin is loaded only where it
 * is named (`--plugin FILE`, BuildOptions::plugins, LoadOptions::plugins), never because a model or an engine asks
 * for it. This header is plain C99 and also C++; it needs no library to link with. docs/guide/plugins.md is the
 * tutorial, examples/plugin/ a complete plugin, and `pharos plugin-check FILE` the test kit.
 *
 * Ownership
 *   What the plugin's tables point to belongs to the plugin and stays valid and unchanged until the library is
 *   unloaded. What the host hands out (contexts, tensors, texts) belongs to the host and is valid until the function
 *   it was handed to returns; only the state made by `prepare` lives longer, until `release`. Memory is never freed
 *   by the other side.
 *
 * Threads
 *   `infer`, `workspace`, `prepare` and `run` may be called from several threads at once, with different contexts:
 *   keep no state in variables of the library. One state of `prepare` may be used by several `run`s at the same time:
 *   it is read-only after `prepare`. A context is used by the thread it was handed to; inside `pharos_parallel_for`
 *   the body may read what was fetched before, write its part of the outputs and the workspace, and call nothing of
 *   the host. Start no threads of your own in `run`: they would compete with those of the engine.
 *
 * Alignment and layout
 *   Tensors are dense and row-major. Data is aligned to its element only (inputs and outputs may be the application's
 *   own memory); the workspace is aligned to 64 bytes. An element takes `pharos_dtype_size` bytes; types narrower
 *   than a byte take one byte each, the value in the low bits, signed ones sign-extended. Booleans are 0 or 1. A
 *   tensor without elements may have any address, NULL included. Inputs are never written. Outputs are not cleared:
 *   write every element.
 *
 * Errors
 *   Functions of a plugin return PHAROS_OK, or PHAROS_FAILED after `pharos_fail(c, "why")`; the user sees the text
 *   with the node, the plugin's name and version. A text that names the actual and the allowed value helps most. No
 *   C++ exception may leave a plugin (the host turns one into an error, but the rest of your function has not run).
 *   Functions of the host that return PharosStatus have already said why they failed: pass PHAROS_FAILED on.
 *
 * Versions
 *   The ABI has a major and a minor version. Within a major version structures only grow at their end, functions are
 *   only added, and meanings do not change: a plugin built once goes on working, and a plugin built against a newer
 *   header works with an older host of the same major version if it says so in `abi` (the oldest version it can work
 *   with) and looks at `host->struct_size` before it calls what was added later. `struct_size` says how much of a
 *   structure its maker knew; initialise structures so that fields not named are 0, which always means "as before".
 *   PharosParam, PharosAttribute, PharosTensor and PharosText never change within a major version. The plugin's own
 *   version (`version`) follows semantic versioning: an engine built with 1.2.0 runs with 1.2.0 to below 2.0.0 (with
 *   0.3.1: below 0.4.0). Give operators that changed their meaning a new name, or a new major version.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PHAROS_PLUGIN_ABI_MAJOR 1
#define PHAROS_PLUGIN_ABI_MINOR 0
#define PHAROS_PLUGIN_ABI(major, minor) ((uint32_t)(major) << 16 | (uint32_t)(minor))

#if defined(_WIN32)
#define PHAROS_PLUGIN_EXPORT __declspec(dllexport)
#else
#define PHAROS_PLUGIN_EXPORT __attribute__((visibility("default")))
#endif

typedef int32_t PharosStatus;
#define PHAROS_OK 0
#define PHAROS_FAILED 1

/* Element types: the numbers of ONNX's TensorProto.DataType. */
typedef int32_t PharosDType;
enum {
  PHAROS_UNDEFINED = 0,
  PHAROS_F32 = 1, PHAROS_U8 = 2, PHAROS_I8 = 3, PHAROS_U16 = 4, PHAROS_I16 = 5, PHAROS_I32 = 6, PHAROS_I64 = 7,
  PHAROS_STRING = 8, PHAROS_BOOL = 9, PHAROS_F16 = 10, PHAROS_F64 = 11, PHAROS_U32 = 12, PHAROS_U64 = 13,
  PHAROS_C64 = 14, PHAROS_C128 = 15, PHAROS_BF16 = 16, PHAROS_F8E4M3FN = 17, PHAROS_F8E4M3FNUZ = 18,
  PHAROS_F8E5M2 = 19, PHAROS_F8E5M2FNUZ = 20, PHAROS_U4 = 21, PHAROS_I4 = 22, PHAROS_F4E2M1 = 23, PHAROS_F8E8M0 = 24,
  PHAROS_U2 = 25, PHAROS_I2 = 26
};

/* Sets of element types, for PharosParam::types: PHAROS_TYPE(PHAROS_F32) | PHAROS_TYPE(PHAROS_F16). */
#define PHAROS_TYPE(dtype) ((uint64_t)1 << (dtype))
#define PHAROS_ANY_TYPE ((uint64_t)0) /* every element type */

/* One extent of a shape during inference: a number >= 0, PHAROS_DIM_UNKNOWN, or (below that) an expression over the
   model's symbols ("N", "2*N + 1") that lives as long as the context. Compute with pharos_dim; compare only numbers. */
typedef int64_t PharosDim;
#define PHAROS_DIM_UNKNOWN ((PharosDim)-1)
typedef int32_t PharosDimOp;
enum {
  PHAROS_DIM_ADD, PHAROS_DIM_SUB, PHAROS_DIM_MUL, PHAROS_DIM_FLOOR_DIV, PHAROS_DIM_CEIL_DIV, PHAROS_DIM_MIN,
  PHAROS_DIM_MAX
};

typedef int32_t PharosAttributeKind;
enum {
  PHAROS_NO_ATTRIBUTE = 0,
  PHAROS_INT, PHAROS_FLOAT, PHAROS_TEXT, PHAROS_INTS, PHAROS_FLOATS, PHAROS_TEXTS, PHAROS_TENSOR, PHAROS_TENSORS,
  PHAROS_TYPE_ATTRIBUTE /* read as text: "f32[N,3]" */
};

/* Text of `size` bytes; not ended by a zero, and it may contain some. */
typedef struct PharosText { const char* data; size_t size; } PharosText;

typedef struct PharosTensor {
  PharosDType dtype;      /* PHAROS_UNDEFINED: left out */
  int32_t rank;
  const int64_t* dims;    /* `rank` extents, outermost first */
  int64_t count;          /* their product */
  void* data;             /* NULL for strings: see pharos_string and pharos_set_string */
  void* owner;            /* the host's */
} PharosTensor;

/* What the plugin sees of one node, handed to each of its functions. */
typedef struct PharosContext PharosContext;

/* The host's functions; call them through the pharos_... wrappers below, which say what they do. */
typedef struct PharosHost {
  size_t struct_size;
  uint32_t abi;               /* of the host */
  const char* pharos_version; /* "0.1.0" */

  void (*fail)(PharosContext* c, const char* message);
  PharosText (*node_name)(PharosContext* c);
  size_t (*input_count)(PharosContext* c);
  size_t (*output_count)(PharosContext* c);
  int (*output_wanted)(PharosContext* c, size_t i);

  PharosAttributeKind (*attribute_kind)(PharosContext* c, const char* name);
  size_t (*attribute_count)(PharosContext* c, const char* name);
  const int64_t* (*attribute_ints)(PharosContext* c, const char* name);
  const float* (*attribute_floats)(PharosContext* c, const char* name);
  PharosText (*attribute_text)(PharosContext* c, const char* name, size_t index);
  PharosStatus (*attribute_tensor)(PharosContext* c, const char* name, size_t index, PharosTensor* out);

  PharosDType (*input_dtype)(PharosContext* c, size_t i);
  int32_t (*input_rank)(PharosContext* c, size_t i);
  PharosDim (*input_dim)(PharosContext* c, size_t i, int32_t axis);
  int (*input_contents)(PharosContext* c, size_t i, PharosTensor* out);
  PharosDim (*input_value)(PharosContext* c, size_t i, size_t index);
  PharosDim (*dim)(PharosContext* c, PharosDimOp op, PharosDim a, PharosDim b);
  PharosDim (*dim_up_to)(PharosContext* c, PharosDim most);
  PharosStatus (*set_output)(PharosContext* c, size_t i, PharosDType dtype, int32_t rank, const PharosDim* dims);

  PharosStatus (*input)(PharosContext* c, size_t i, PharosTensor* out);
  PharosStatus (*output)(PharosContext* c, size_t i, PharosTensor* out);
  PharosStatus (*make_output)(PharosContext* c, size_t i, int32_t rank, const int64_t* dims, PharosTensor* out);
  void* (*workspace)(PharosContext* c, size_t* bytes);
  int32_t (*threads)(PharosContext* c);
  PharosStatus (*parallel_for)(PharosContext* c, int64_t n, int64_t grain,
                               void (*body)(void* user, int64_t first, int64_t last), void* user);
  uint64_t (*seed)(PharosContext* c);
  PharosText (*string_at)(const PharosTensor* t, int64_t i);
  PharosStatus (*set_string)(PharosContext* c, const PharosTensor* t, int64_t i, PharosText text);
} PharosHost;

/* A context starts with the functions of its host; the rest is the host's. */
struct PharosContext {
  const PharosHost* host;
};

typedef int32_t PharosParamKind;
enum { PHAROS_REQUIRED = 0, PHAROS_OPTIONAL, PHAROS_VARIADIC };
typedef struct PharosParam {
  const char* name;
  uint64_t types;       /* set of element types; PHAROS_ANY_TYPE: all */
  PharosParamKind kind; /* variadic: only the last one; it takes the rest */
  uint32_t least;       /* variadic: how many at least */
} PharosParam;

typedef struct PharosAttribute {
  const char* name;
  PharosAttributeKind kind;
  int32_t required;
  const char* doc; /* may be NULL */
} PharosAttribute;

/* Results depend on more than inputs and attributes (random numbers, a clock): the node is not computed at build time
   and not merged with an equal one. */
#define PHAROS_NOT_DETERMINISTIC 1u

typedef struct PharosOperator {
  size_t struct_size;    /* sizeof(PharosOperator) */
  const char* name;      /* "TopRows": letters, digits and '_' */
  const char* domain;    /* "com.example"; a name of the ai.onnx domain that ONNX does not have is allowed ("") */
  int32_t since_version; /* oldest opset of the domain that has this form; 0 counts as 1 */
  uint32_t flags;
  const char* doc; /* one line; may be NULL */
  const PharosParam* inputs;
  size_t input_count;
  const PharosParam* outputs;
  size_t output_count;
  const PharosAttribute* attributes; /* those listed are checked before `infer`; more may be read */
  size_t attribute_count;

  /* Checks the node and sets every output's type (pharos_set_output). Called with what is known so far: while a model
     is read with symbolic or unknown types, later with numbers. The same inputs must give the same types. Required. */
  PharosStatus (*infer)(PharosContext* c);
  /* Bytes of scratch memory that `run` wants for these shapes; negative: failed. NULL: none. */
  int64_t (*workspace)(PharosContext* c);
  /* Once per set of shapes, before the first run: reads attributes, makes tables. `*state` is handed to `run` and, at
     the end, to `release`. Both or neither; may be NULL. */
  PharosStatus (*prepare)(PharosContext* c, void** state);
  void (*release)(void* state);
  /* Computes. Allocate nothing here: memory comes from `prepare` and the workspace. Required. */
  PharosStatus (*run)(PharosContext* c, void* state);
  /* The same by the plainest code, without state and workspace: what 'pharos run --compare' and the test kit compare
     `run` with. NULL: `run` itself. */
  PharosStatus (*reference)(PharosContext* c);
  /* 1 + the index of an input whose memory output 0 may take over where both have the same type and shape and nobody
     else reads the input: `run` then finds both at one address. 0: never. */
  uint32_t in_place;
  uint32_t reserved; /* 0 */
} PharosOperator;

typedef struct PharosPlugin {
  size_t struct_size;  /* sizeof(PharosPlugin) */
  uint32_t abi;        /* oldest ABI that the plugin can work with: PHAROS_PLUGIN_ABI(1, 0) */
  const char* name;    /* "toprows": letters, digits, '-', '_' and '.'; what engines remember */
  uint32_t version[3]; /* major, minor, patch */
  const char* doc;     /* one line; may be NULL */
  const PharosOperator* const* operators;
  size_t operator_count;
} PharosPlugin;

/* The one exported function. Called once per load; `host` stays valid as long as the library is loaded. Returns NULL
   where the plugin cannot work with this host. */
typedef const PharosPlugin* (*PharosPluginEntry)(const PharosHost* host);
PHAROS_PLUGIN_EXPORT const PharosPlugin* pharos_plugin_v1(const PharosHost* host);

/* ---- everywhere ---- */

/* Says why; the text is copied. Returns PHAROS_FAILED: `return pharos_fail(c, "k is 0; expected 1 or more");` */
static inline PharosStatus pharos_fail(PharosContext* c, const char* message) {
  c->host->fail(c, message);
  return PHAROS_FAILED;
}
static inline PharosText pharos_node_name(PharosContext* c) { return c->host->node_name(c); }
/* How many the node has, those left out in the middle included. */
static inline size_t pharos_input_count(PharosContext* c) { return c->host->input_count(c); }
static inline size_t pharos_output_count(PharosContext* c) { return c->host->output_count(c); }
/* Whether somebody reads output `i`; those not wanted need neither a type nor contents. */
static inline int pharos_output_wanted(PharosContext* c, size_t i) { return c->host->output_wanted(c, i); }

/* Attributes. The kind is PHAROS_NO_ATTRIBUTE where the node has none of that name. A single number, text or tensor
   counts as a list of one. What is asked of the wrong kind or beyond the end is NULL, an empty text or PHAROS_FAILED.
 */
static inline PharosAttributeKind pharos_attribute_kind(PharosContext* c, const char* name) {
  return c->host->attribute_kind(c, name);
}
static inline size_t pharos_attribute_count(PharosContext* c, const char* name) {
  return c->host->attribute_count(c, name);
}
static inline const int64_t* pharos_attribute_ints(PharosContext* c, const char* name) {
  return c->host->attribute_ints(c, name);
}
static inline const float* pharos_attribute_floats(PharosContext* c, const char* name) {
  return c->host->attribute_floats(c, name);
}
static inline PharosText pharos_attribute_text(PharosContext* c, const char* name, size_t i) {
  return c->host->attribute_text(c, name, i);
}
static inline PharosStatus pharos_attribute_tensor(PharosContext* c, const char* name, size_t i, PharosTensor* out) {
  return c->host->attribute_tensor(c, name, i, out);
}
static inline int64_t pharos_attribute_int(PharosContext* c, const char* name, int64_t otherwise) {
  const int64_t* v = pharos_attribute_count(c, name) == 1 ? c->host->attribute_ints(c, name) : NULL;
  return v ? *v : otherwise;
}
static inline float pharos_attribute_float(PharosContext* c, const char* name, float otherwise) {
  const float* v = pharos_attribute_count(c, name) == 1 ? c->host->attribute_floats(c, name) : NULL;
  return v ? *v : otherwise;
}

/* ---- in infer, workspace and prepare ---- */

/* PHAROS_UNDEFINED: left out, or not known yet. */
static inline PharosDType pharos_input_dtype(PharosContext* c, size_t i) { return c->host->input_dtype(c, i); }
/* -1: left out, or not known yet. */
static inline int32_t pharos_input_rank(PharosContext* c, size_t i) { return c->host->input_rank(c, i); }
/* `axis` may count from the end (-1). PHAROS_DIM_UNKNOWN outside the rank. */
static inline PharosDim pharos_input_dim(PharosContext* c, size_t i, int32_t axis) {
  return c->host->input_dim(c, i, axis);
}
/* Whether the contents of input `i` are known already (a constant, or computed from shapes), and the tensor. */
static inline int pharos_input_contents(PharosContext* c, size_t i, PharosTensor* out) {
  return c->host->input_contents(c, i, out);
}
/* Element `index` of a small integer input as a dimension, where known ("N + 1" is); PHAROS_DIM_UNKNOWN otherwise. For
   inputs that hold shapes and sizes. */
static inline PharosDim pharos_input_value(PharosContext* c, size_t i, size_t index) {
  return c->host->input_value(c, i, index);
}

/* ---- in infer ---- */

static inline PharosDim pharos_dim(PharosContext* c, PharosDimOp op, PharosDim a, PharosDim b) {
  return c->host->dim(c, op, a, b);
}
/* An extent that depends on data, `most` at most: such an output is made by pharos_make_output at each run. */
static inline PharosDim pharos_dim_up_to(PharosContext* c, PharosDim most) { return c->host->dim_up_to(c, most); }
/* rank -1: not known (`dims` is not read). dtype PHAROS_UNDEFINED: not known. */
static inline PharosStatus pharos_set_output(PharosContext* c, size_t i, PharosDType dtype, int32_t rank,
                                             const PharosDim* dims) {
  return c->host->set_output(c, i, dtype, rank, dims);
}
/* Output `i` gets the type of input `from`. */
static inline PharosStatus pharos_set_output_like(PharosContext* c, size_t i, size_t from) {
  PharosDim dims[64];
  int32_t rank = pharos_input_rank(c, from), axis;
  if (rank > 64) return pharos_fail(c, "an input has more than 64 dimensions");
  for (axis = 0; axis < rank; ++axis) dims[axis] = pharos_input_dim(c, from, axis);
  return pharos_set_output(c, i, pharos_input_dtype(c, from), rank, dims);
}

/* ---- in run and reference ---- */

/* Input `i`; dtype PHAROS_UNDEFINED where it is left out. */
static inline PharosStatus pharos_input(PharosContext* c, size_t i, PharosTensor* out) {
  return c->host->input(c, i, out);
}
/* Output `i` of the inferred shape, to be written completely; dtype PHAROS_UNDEFINED where nobody reads it. Fails for
   an output whose shape depends on data. */
static inline PharosStatus pharos_output(PharosContext* c, size_t i, PharosTensor* out) {
  return c->host->output(c, i, out);
}
/* Output `i` with a shape found out now; it must fit the inferred one and the bounds of pharos_dim_up_to. */
static inline PharosStatus pharos_make_output(PharosContext* c, size_t i, int32_t rank, const int64_t* dims,
                                              PharosTensor* out) {
  return c->host->make_output(c, i, rank, dims, out);
}
/* Scratch memory of this call, 64-byte aligned, as large as `workspace` asked for; contents are arbitrary. */
static inline void* pharos_workspace(PharosContext* c, size_t* bytes) { return c->host->workspace(c, bytes); }
/* How many threads pharos_parallel_for may use. */
static inline int32_t pharos_threads(PharosContext* c) { return c->host->threads(c); }
/* Calls body(user, first, last) for disjoint ranges that cover [0, n), on several threads where each gets `grain` or
 * more. */
static inline PharosStatus pharos_parallel_for(PharosContext* c, int64_t n, int64_t grain,
                                               void (*body)(void* user, int64_t first, int64_t last), void* user) {
  return c->host->parallel_for(c, n, grain, body, user);
}
/* For PHAROS_NOT_DETERMINISTIC operators: differs per call, the same for the same run of the same engine. */
static inline uint64_t pharos_seed(PharosContext* c) { return c->host->seed(c); }
static inline PharosText pharos_string(PharosContext* c, const PharosTensor* t, int64_t i) {
  return c->host->string_at(t, i);
}
static inline PharosStatus pharos_set_string(PharosContext* c, const PharosTensor* t, int64_t i, PharosText text) {
  return c->host->set_string(c, t, i, text);
}

/* Bytes of one element in memory; 0 for strings and unknown types. */
static inline size_t pharos_dtype_size(PharosDType t) {
  switch (t) {
    case PHAROS_F32:
    case PHAROS_I32:
    case PHAROS_U32: return 4;
    case PHAROS_I64:
    case PHAROS_U64:
    case PHAROS_F64:
    case PHAROS_C64: return 8;
    case PHAROS_C128: return 16;
    case PHAROS_F16:
    case PHAROS_BF16:
    case PHAROS_I16:
    case PHAROS_U16: return 2;
    case PHAROS_STRING:
    case PHAROS_UNDEFINED: return 0;
    default: return t > PHAROS_UNDEFINED && t <= PHAROS_I2 ? 1 : 0;
  }
}

#ifdef __cplusplus
}
#endif

#endif
