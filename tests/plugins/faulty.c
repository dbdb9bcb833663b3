/* A plugin with one operator, Twice (y = 2 x), that is right or wrong in the way FAULT says: what the host and the test
   kit must notice. One library per fault. */
#include <pharos/plugin.h>

#include <stdlib.h>
#include <string.h>

#define NONE 0
#define ABI_FUTURE 1  /* table: needs interface 1.9 */
#define ABI_MAJOR 2   /* table: needs interface 2.0 */
#define STRUCT_SIZE 3 /* table: struct_size is 8 */
#define NULL_OPERATORS 4
#define NULL_RUN 5
#define BAD_NAME 6
#define TAKES_RELU 7 /* defines ai.onnx Relu */
#define BAD_TYPES 8  /* a set of element types that do not exist */
#define DECLINES 9
#define NO_OUTPUT_TYPE 10 /* infer: says OK and sets nothing */
#define BAD_DTYPE 11      /* infer: element type 99 */
#define BAD_RANK 12
#define BAD_DIM 13         /* infer: a handle that it made up */
#define UNDECLARED_TYPE 14 /* infer: f64 where the table says f32 */
#define SILENT 15          /* run: fails without a word */
#define FAILS 16           /* run: fails with a reason */
#define WRONG_SIZE 17      /* run: makes an output of another size than inferred */
#define MISPLACED 18       /* infer: asks for a buffer */
#define WORKSPACE 19       /* wants a negative workspace, without a word */
#define HUGE_WORKSPACE 20
#define OVERRUN 21   /* run: writes one element too many */
#define UNWRITTEN 22 /* run: leaves the last element alone */
#define CRASH 23     /* run: writes to NULL */
#define HANGS 24
#define ALIGNED 25      /* run: right only at addresses that are multiples of 64 */
#define THREADS 26      /* run: the last range of each thread is wrong where there are several */
#define STATIC_STATE 27 /* run: keeps what belongs to a call in a variable of the library */
#define LEAKS 28
#define WRITES_INPUT 29
#define SCRATCH_DIRTY 30 /* run: reads the workspace before it writes it */
#define REFERENCE 31     /* reference says something else */
#define SYMBOLS 32       /* infer: other dims for symbols than for numbers */
#define OVER_BOUND 33    /* run: makes more rows than it said at most */
#define NEEDS_TYPES 34   /* infer: fails where types are not known yet */
#define IN_PLACE 35      /* run: wrong where input and output are one memory */
#define EMPTY_CRASH 36   /* run: divides by the number of elements */

#ifndef FAULT
#define FAULT NONE
#endif

static PharosStatus infer(PharosContext* c) {
  PharosDim dims[64];
  int32_t rank = pharos_input_rank(c, 0), axis;
  PharosTensor t;
  (void)t;
  for (axis = 0; axis < rank && axis < 64; ++axis) dims[axis] = pharos_input_dim(c, 0, axis);
  switch (FAULT) {
    case NO_OUTPUT_TYPE: return PHAROS_OK;
    case BAD_DTYPE: return pharos_set_output(c, 0, 99, rank, dims);
    case BAD_RANK: return pharos_set_output(c, 0, PHAROS_F32, 1000, dims);
    case BAD_DIM: dims[0] = -12345; return pharos_set_output(c, 0, PHAROS_F32, 1, dims);
    case UNDECLARED_TYPE: return pharos_set_output(c, 0, PHAROS_F64, rank, dims);
    case MISPLACED: return pharos_output(c, 0, &t) == PHAROS_OK ? pharos_set_output_like(c, 0, 0) : PHAROS_FAILED;
    case SYMBOLS:
      if (rank > 0 && dims[0] < PHAROS_DIM_UNKNOWN) dims[0] = pharos_dim(c, PHAROS_DIM_ADD, dims[0], 1);
      break;
    case OVER_BOUND:
      if (rank > 0) dims[0] = pharos_dim_up_to(c, 1);
      break;
    case NEEDS_TYPES:
      if (rank < 0) return pharos_fail(c, "the rank has to be known");
      break;
    default: break;
  }
  return pharos_set_output(c, 0, pharos_input_dtype(c, 0), rank, dims);
}

static int64_t workspace(PharosContext* c) {
  if (FAULT == WORKSPACE) return -1;
  if (FAULT == HUGE_WORKSPACE) return (int64_t)1 << 60;
  return FAULT == SCRATCH_DIRTY && pharos_input_rank(c, 0) > 0 ? 64 : 0;
}

typedef struct Job {
  const float* x;
  float* y;
  int64_t n;
  int threads;
} Job;

static void twice(void* user, int64_t first, int64_t last) {
  const Job* job = (const Job*)user;
  int64_t i;
  for (i = first; i < last; ++i) {
    if (FAULT == UNWRITTEN && i + 1 == job->n) continue;
    job->y[i] = 2 * job->x[i];
  }
  if (FAULT == THREADS && job->threads > 1 && last == job->n && last > first) job->y[last - 1] = -1;
}

static PharosStatus run(PharosContext* c, void* state) {
  static volatile float* volatile shared;
  static void* volatile lost;
  (void)lost, (void)shared;
  PharosTensor x, y;
  Job job;
  (void)state;
  if (FAULT == SILENT) return PHAROS_FAILED;
  if (FAULT == FAILS) return pharos_fail(c, "x is 3; expected 4");
  if (pharos_input(c, 0, &x) != PHAROS_OK) return PHAROS_FAILED;
  if (FAULT == WRONG_SIZE || FAULT == OVER_BOUND) {
    int64_t dims[64];
    memcpy(dims, x.dims, (size_t)x.rank * sizeof *dims);
    if (FAULT == WRONG_SIZE && x.rank > 0) ++dims[0];
    if (pharos_make_output(c, 0, x.rank, dims, &y) != PHAROS_OK) return PHAROS_FAILED;
  } else if (pharos_output(c, 0, &y) != PHAROS_OK) {
    return PHAROS_FAILED;
  }
  if (FAULT == CRASH) *(volatile int*)0 = 1;
  if (FAULT == EMPTY_CRASH && x.count == 0) *(volatile int*)0 = 1;
  if (FAULT == HANGS)
    for (;;) (void)*(volatile int64_t*)&x.count;
  job.x = (const float*)x.data, job.y = (float*)y.data, job.n = x.count, job.threads = pharos_threads(c);
  if (FAULT == STATIC_STATE) {
    int64_t i;
    for (i = 0; i < x.count; ++i) {
      volatile int spin;
      shared = &job.y[i];
      for (spin = 0; spin < 2000; ++spin) {}
      *shared = 2 * job.x[i];
    }
    return PHAROS_OK;
  }
  if (FAULT == IN_PLACE && x.count > 0) memset(y.data, 0, (size_t)x.count * sizeof(float));
  if (pharos_parallel_for(c, x.count, 1, twice, &job) != PHAROS_OK) return PHAROS_FAILED;
  if (FAULT == OVERRUN) job.y[x.count] = 0;
  if (FAULT == ALIGNED && (uintptr_t)x.data % 64 != 0 && x.count > 0) job.y[0] = -1;
  if (FAULT == LEAKS) lost = malloc(100);
  if (FAULT == WRITES_INPUT && x.count > 0) ((float*)x.data)[0] = 17;
  if (FAULT == SCRATCH_DIRTY && x.count > 0 && x.rank > 0) job.y[0] = ((const float*)pharos_workspace(c, NULL))[0];
  return PHAROS_OK;
}

static PharosStatus reference(PharosContext* c) {
  PharosTensor x, y;
  int64_t i;
  if (pharos_input(c, 0, &x) != PHAROS_OK || pharos_output(c, 0, &y) != PHAROS_OK) return PHAROS_FAILED;
  for (i = 0; i < x.count; ++i) ((float*)y.data)[i] = (FAULT == REFERENCE ? 3 : 2) * ((const float*)x.data)[i];
  return PHAROS_OK;
}

static const PharosParam params[] = {{FAULT == BAD_NAME ? "no blanks" : "x",
                                      FAULT == BAD_TYPES ? (uint64_t)1 << 60 : PHAROS_TYPE(PHAROS_F32), PHAROS_REQUIRED,
                                      0}};
static const PharosOperator op = {.struct_size = sizeof(PharosOperator),
                                  .name = FAULT == TAKES_RELU ? "Relu" : "Twice",
                                  .domain = FAULT == TAKES_RELU ? "" : "test",
                                  .inputs = params,
                                  .input_count = 1,
                                  .outputs = params,
                                  .output_count = 1,
                                  .infer = infer,
                                  .workspace = workspace,
                                  .run = FAULT == NULL_RUN ? NULL : run,
                                  .reference = FAULT == OVER_BOUND ? NULL : reference,
                                  .in_place = FAULT == IN_PLACE};
static const PharosOperator* const operators[] = {&op};
static const PharosPlugin plugin = {.struct_size = FAULT == STRUCT_SIZE ? 8 : sizeof(PharosPlugin),
                                    .abi = FAULT == ABI_FUTURE  ? PHAROS_PLUGIN_ABI(1, 9)
                                           : FAULT == ABI_MAJOR ? PHAROS_PLUGIN_ABI(2, 0)
                                                                : PHAROS_PLUGIN_ABI(1, 0),
#ifdef PLUGIN_VERSION
                                    .version = {PLUGIN_VERSION},
#else
                                     .version = {1, 2, 0},
#endif
                                    .name = "faulty",
                                    .operators = FAULT == NULL_OPERATORS ? NULL : operators,
                                    .operator_count = 1};

const PharosPlugin* pharos_plugin_v1(const PharosHost* host) {
  (void)host;
  return FAULT == DECLINES ? NULL : &plugin;
}
