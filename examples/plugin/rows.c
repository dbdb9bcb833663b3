/*
 * A plugin with two operators on the rows (first dimension) of a tensor, for the ends of detection and ranking models:
 *
 *   com.example::TopRows   the k rows with the highest scores, best first, and their indices
 *   com.example::KeepRows  the rows whose score is at least a threshold: how many depends on the data
 *
 *     cc -shared -fPIC -O2 rows.c -o librows.so        pharos plugin-check librows.so --cases cases.txt
 */
#include <pharos/plugin.h>

#include <stdio.h>
#include <string.h>

#define SCORE_TYPES \
  (PHAROS_TYPE(PHAROS_F32) | PHAROS_TYPE(PHAROS_F64) | PHAROS_TYPE(PHAROS_I32) | PHAROS_TYPE(PHAROS_I64))
/* Rows are moved, never looked into: every type but text. */
#define ROW_TYPES (~(PHAROS_TYPE(PHAROS_STRING) | PHAROS_TYPE(PHAROS_UNDEFINED)) & (PHAROS_TYPE(PHAROS_I2 + 1) - 1))

/* ---- both operators ---- */

static double score_at(const PharosTensor* scores, int64_t i) {
  switch (scores->dtype) {
    case PHAROS_F32: return ((const float*)scores->data)[i];
    case PHAROS_F64: return ((const double*)scores->data)[i];
    case PHAROS_I32: return ((const int32_t*)scores->data)[i];
    default: return (double)((const int64_t*)scores->data)[i];
  }
}

/* Data has one row for each score. Shapes may be partly unknown: only what is known is compared. */
static PharosStatus check_shapes(PharosContext* c) {
  char text[160];
  const int32_t rank = pharos_input_rank(c, 0), score_rank = pharos_input_rank(c, 1);
  if (rank == 0) return pharos_fail(c, "data is a scalar; expected one row for each score");
  if (score_rank >= 0 && score_rank != 1) {
    snprintf(text, sizeof text, "scores have rank %d; expected 1", score_rank);
    return pharos_fail(c, text);
  }
  if (rank > 0 && score_rank == 1) {
    const PharosDim rows = pharos_input_dim(c, 0, 0), scores = pharos_input_dim(c, 1, 0);
    if (rows >= 0 && scores >= 0 && rows != scores) {
      snprintf(text, sizeof text, "data has %lld rows, but there are %lld scores", (long long)rows, (long long)scores);
      return pharos_fail(c, text);
    }
  }
  return PHAROS_OK;
}

static size_t row_bytes(const PharosTensor* data) {
  size_t bytes = pharos_dtype_size(data->dtype);
  int32_t axis;
  for (axis = 1; axis < data->rank; ++axis) bytes *= (size_t)data->dims[axis];
  return bytes;
}

typedef struct Copy {
  const char* from;
  char* to;
  const int64_t* rows;
  size_t bytes;
} Copy;

static void copy_rows(void* user, int64_t first, int64_t last) {
  const Copy* copy = (const Copy*)user;
  int64_t i;
  for (i = first; i < last; ++i)
    memcpy(copy->to + (size_t)i * copy->bytes, copy->from + (size_t)copy->rows[i] * copy->bytes, copy->bytes);
}

static PharosStatus gather(PharosContext* c, const PharosTensor* data, const PharosTensor* out, const int64_t* rows,
                           int64_t count) {
  Copy copy;
  copy.from = (const char*)data->data;
  copy.to = (char*)out->data;
  copy.rows = rows;
  copy.bytes = row_bytes(data);
  if (count == 0 || copy.bytes == 0) return PHAROS_OK;
  return pharos_parallel_for(c, count, 1 + (int64_t)(65536 / copy.bytes), copy_rows, &copy);
}

/* ---- TopRows ---- */

static PharosStatus top_infer(PharosContext* c) {
  PharosDim dims[64];
  int32_t axis;
  const int32_t rank = pharos_input_rank(c, 0);
  const int64_t k = pharos_attribute_int(c, "k", 0);
  PharosDim count;
  if (k < 1) {
    char text[80];
    snprintf(text, sizeof text, "attribute 'k' is %lld; expected 1 or more", (long long)k);
    return pharos_fail(c, text);
  }
  if (check_shapes(c) != PHAROS_OK) return PHAROS_FAILED;
  /* min(k, rows) also where the number of rows is a symbol. */
  count = pharos_dim(c, PHAROS_DIM_MIN, k, rank > 0 ? pharos_input_dim(c, 0, 0) : pharos_input_dim(c, 1, 0));
  if (pharos_set_output(c, 1, PHAROS_I64, 1, &count) != PHAROS_OK) return PHAROS_FAILED;
  if (rank < 0) return pharos_set_output(c, 0, pharos_input_dtype(c, 0), -1, NULL);
  if (rank > 64) return pharos_fail(c, "data has more than 64 dimensions");
  dims[0] = count;
  for (axis = 1; axis < rank; ++axis) dims[axis] = pharos_input_dim(c, 0, axis);
  return pharos_set_output(c, 0, pharos_input_dtype(c, 0), rank, dims);
}

/* A heap of the k best row numbers so far. */
static int64_t top_workspace(PharosContext* c) {
  const int64_t k = pharos_attribute_int(c, "k", 0), rows = pharos_input_dim(c, 1, 0);
  return (int64_t)sizeof(int64_t) * (k < rows ? k : rows);
}

/* Whether row a stands before row b: higher scores first, equal ones in order. NaN comes last. */
static int before(const PharosTensor* scores, int64_t a, int64_t b) {
  const double x = score_at(scores, a), y = score_at(scores, b);
  if (x != x || y != y) return x == x || (y != y && a < b);
  return x > y || (x == y && a < b);
}

static void sink(const PharosTensor* scores, int64_t* heap, int64_t at, int64_t count) {
  for (;;) {
    int64_t worst = at, child = 2 * at + 1, row;
    if (child < count && before(scores, heap[worst], heap[child])) worst = child;
    if (child + 1 < count && before(scores, heap[worst], heap[child + 1])) worst = child + 1;
    if (worst == at) return;
    row = heap[at], heap[at] = heap[worst], heap[worst] = row;
    at = worst;
  }
}

static void select_best(const PharosTensor* scores, int64_t* heap, int64_t count) {
  int64_t i, row;
  for (i = 0; i < count; ++i) heap[i] = i;
  for (i = count / 2; i-- > 0;) sink(scores, heap, i, count);
  for (i = count; i < scores->count; ++i)
    if (count > 0 && before(scores, i, heap[0])) heap[0] = i, sink(scores, heap, 0, count);
  for (i = count; i-- > 1;) row = heap[0], heap[0] = heap[i], heap[i] = row, sink(scores, heap, 0, i);
}

static PharosStatus top_run(PharosContext* c, void* state) {
  PharosTensor data, scores, rows, indices;
  int64_t* best = (int64_t*)pharos_workspace(c, NULL);
  const int64_t k = pharos_attribute_int(c, "k", 0);
  int64_t count;
  (void)state;
  if (pharos_input(c, 0, &data) != PHAROS_OK || pharos_input(c, 1, &scores) != PHAROS_OK) return PHAROS_FAILED;
  if (pharos_output(c, 0, &rows) != PHAROS_OK || pharos_output(c, 1, &indices) != PHAROS_OK) return PHAROS_FAILED;
  count = k < scores.count ? k : scores.count;
  select_best(&scores, best, count);
  if (indices.dtype != PHAROS_UNDEFINED && count > 0) memcpy(indices.data, best, (size_t)count * sizeof *best);
  return rows.dtype == PHAROS_UNDEFINED ? PHAROS_OK : gather(c, &data, &rows, best, count);
}

/* The oracle: for each place the best row that has none yet. */
static PharosStatus top_reference(PharosContext* c) {
  PharosTensor data, scores, rows, indices;
  const int64_t k = pharos_attribute_int(c, "k", 0);
  int64_t place, i, last = -1, count;
  size_t bytes;
  if (pharos_input(c, 0, &data) != PHAROS_OK || pharos_input(c, 1, &scores) != PHAROS_OK) return PHAROS_FAILED;
  if (pharos_output(c, 0, &rows) != PHAROS_OK || pharos_output(c, 1, &indices) != PHAROS_OK) return PHAROS_FAILED;
  bytes = row_bytes(&data);
  count = k < scores.count ? k : scores.count;
  for (place = 0; place < count; ++place) {
    int64_t best = -1;
    for (i = 0; i < scores.count; ++i)
      if ((last < 0 || before(&scores, last, i)) && (best < 0 || before(&scores, i, best))) best = i;
    if (indices.dtype != PHAROS_UNDEFINED) ((int64_t*)indices.data)[place] = best;
    if (rows.dtype != PHAROS_UNDEFINED && bytes > 0)
      memcpy((char*)rows.data + (size_t)place * bytes, (const char*)data.data + (size_t)best * bytes, bytes);
    last = best;
  }
  return PHAROS_OK;
}

/* ---- KeepRows ---- */

static PharosStatus keep_infer(PharosContext* c) {
  PharosDim dims[64];
  int32_t axis;
  const int32_t rank = pharos_input_rank(c, 0);
  if (check_shapes(c) != PHAROS_OK) return PHAROS_FAILED;
  if (rank < 0) return pharos_set_output(c, 0, pharos_input_dtype(c, 0), -1, NULL);
  if (rank > 64) return pharos_fail(c, "data has more than 64 dimensions");
  dims[0] = pharos_dim_up_to(c, pharos_input_dim(c, 0, 0));
  for (axis = 1; axis < rank; ++axis) dims[axis] = pharos_input_dim(c, 0, axis);
  return pharos_set_output(c, 0, pharos_input_dtype(c, 0), rank, dims);
}

static int64_t keep_workspace(PharosContext* c) { return (int64_t)sizeof(int64_t) * pharos_input_dim(c, 1, 0); }

static PharosStatus keep_run(PharosContext* c, void* state) {
  PharosTensor data, scores, limit, rows;
  int64_t* kept = (int64_t*)pharos_workspace(c, NULL);
  int64_t dims[64], count = 0, i;
  double threshold = pharos_attribute_float(c, "threshold", 0.5f);
  (void)state;
  if (pharos_input(c, 0, &data) != PHAROS_OK || pharos_input(c, 1, &scores) != PHAROS_OK) return PHAROS_FAILED;
  if (pharos_input(c, 2, &limit) != PHAROS_OK) return PHAROS_FAILED;
  if (limit.dtype != PHAROS_UNDEFINED) { /* an input overrules the attribute */
    if (limit.count != 1) return pharos_fail(c, "the threshold is no single number");
    threshold = score_at(&limit, 0);
  }
  for (i = 0; i < scores.count; ++i)
    if (score_at(&scores, i) >= threshold) kept[count++] = i;
  for (i = 0; i < data.rank; ++i) dims[i] = data.dims[i];
  dims[0] = count;
  if (pharos_make_output(c, 0, data.rank, dims, &rows) != PHAROS_OK) return PHAROS_FAILED;
  return rows.dtype == PHAROS_UNDEFINED ? PHAROS_OK : gather(c, &data, &rows, kept, count);
}

/* ---- the tables ---- */

static const PharosParam top_inputs[] = {{"data", ROW_TYPES, PHAROS_REQUIRED, 0},
                                         {"scores", SCORE_TYPES, PHAROS_REQUIRED, 0}};
static const PharosParam top_outputs[] = {{"rows", ROW_TYPES, PHAROS_REQUIRED, 0},
                                          {"indices", PHAROS_TYPE(PHAROS_I64), PHAROS_OPTIONAL, 0}};
static const PharosAttribute top_attributes[] = {{"k", PHAROS_INT, 1, "how many rows; all where there are fewer"}};

static const PharosOperator top_rows = {.struct_size = sizeof(PharosOperator),
                                        .name = "TopRows",
                                        .domain = "com.example",
                                        .since_version = 1,
                                        .doc = "The k rows with the highest scores, best first, and their indices.",
                                        .inputs = top_inputs,
                                        .input_count = 2,
                                        .outputs = top_outputs,
                                        .output_count = 2,
                                        .attributes = top_attributes,
                                        .attribute_count = 1,
                                        .infer = top_infer,
                                        .workspace = top_workspace,
                                        .run = top_run,
                                        .reference = top_reference};

static const PharosParam keep_inputs[] = {{"data", ROW_TYPES, PHAROS_REQUIRED, 0},
                                          {"scores", SCORE_TYPES, PHAROS_REQUIRED, 0},
                                          {"threshold", SCORE_TYPES, PHAROS_OPTIONAL, 0}};
static const PharosParam keep_outputs[] = {{"rows", ROW_TYPES, PHAROS_REQUIRED, 0}};
static const PharosAttribute keep_attributes[] = {
    {"threshold", PHAROS_FLOAT, 0, "smallest score of a row that is kept [0.5]"}};

static const PharosOperator keep_rows = {.struct_size = sizeof(PharosOperator),
                                         .name = "KeepRows",
                                         .domain = "com.example",
                                         .since_version = 1,
                                         .doc = "The rows whose score is at least a threshold, in order.",
                                         .inputs = keep_inputs,
                                         .input_count = 3,
                                         .outputs = keep_outputs,
                                         .output_count = 1,
                                         .attributes = keep_attributes,
                                         .attribute_count = 1,
                                         .infer = keep_infer,
                                         .workspace = keep_workspace,
                                         .run = keep_run};

static const PharosOperator* const operators[] = {&top_rows, &keep_rows};

static const PharosPlugin plugin = {.struct_size = sizeof(PharosPlugin),
                                    .abi = PHAROS_PLUGIN_ABI(1, 0),
                                    .name = "rows",
                                    .version = {1, 0, 0},
                                    .doc = "Choosing rows by their scores.",
                                    .operators = operators,
                                    .operator_count = 2};

const PharosPlugin* pharos_plugin_v1(const PharosHost* host) {
  (void)host;
  return &plugin;
}
