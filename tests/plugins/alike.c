/* Operators with the names of standard ones in a domain of their own, all of them y = 2 x (of the first input): no pass may
   take one for the other. */
#include <pharos/plugin.h>

static PharosStatus infer(PharosContext* c) { return pharos_set_output_like(c, 0, 0); }

static PharosStatus run(PharosContext* c, void* state) {
  PharosTensor x, y;
  int64_t i;
  (void)state;
  if (pharos_input(c, 0, &x) != PHAROS_OK || pharos_output(c, 0, &y) != PHAROS_OK) return PHAROS_FAILED;
  for (i = 0; i < x.count; ++i) ((float*)y.data)[i] = 2 * ((const float*)x.data)[i];
  return PHAROS_OK;
}

static const PharosParam inputs[] = {{"x", PHAROS_TYPE(PHAROS_F32), PHAROS_REQUIRED, 0},
                                     {"others", PHAROS_TYPE(PHAROS_F32), PHAROS_VARIADIC, 0}};
static const PharosParam outputs[] = {{"y", PHAROS_TYPE(PHAROS_F32), PHAROS_REQUIRED, 0}};

#define OPERATOR(NAME)                                                                                               \
  static const PharosOperator op_##NAME = {.struct_size = sizeof(PharosOperator), .name = #NAME, .domain = "alike",  \
                                           .inputs = inputs, .input_count = 2, .outputs = outputs, .output_count = 1, \
                                           .infer = infer, .run = run}
OPERATOR(MatMul);
OPERATOR(Gemm);
OPERATOR(Conv);
OPERATOR(Relu);
OPERATOR(Sigmoid);
OPERATOR(Add);
OPERATOR(Mul);
OPERATOR(Softmax);
OPERATOR(Identity);
OPERATOR(Reshape);
OPERATOR(Transpose);
OPERATOR(Cast);
OPERATOR(Clip);
OPERATOR(Concat);

static const PharosOperator* const operators[] = {&op_MatMul, &op_Gemm, &op_Conv, &op_Relu, &op_Sigmoid, &op_Add, &op_Mul,
                                                  &op_Softmax, &op_Identity, &op_Reshape, &op_Transpose, &op_Cast,
                                                  &op_Clip, &op_Concat};
static const PharosPlugin plugin = {.struct_size = sizeof(PharosPlugin), .abi = PHAROS_PLUGIN_ABI(1, 0), .name = "alike",
                                    .version = {1, 0, 0}, .operators = operators,
                                    .operator_count = sizeof operators / sizeof *operators};

const PharosPlugin* pharos_plugin_v1(const PharosHost* host) {
  (void)host;
  return &plugin;
}
