// The order of the passes: the one place where it is written down. Within a stage, later passes see the work of earlier
// ones, and the stage is repeated (with all earlier stages) until nothing changes.

#include "passes/passes.h"
#include "passes/pipeline.h"

namespace pharos {

using namespace passes;
using enum PassStage;

std::span<const PassDef> all_passes() {
  static constexpr PassDef table[] = {
      {"dead-code", "Drops nodes and optional outputs that nobody reads.", dead_code, Simplify, 0, true},
      {"inline-if", "Puts the taken branch in place of an If with a constant condition.", inline_if, Simplify, 1, true},
      {"fold-constants", "Computes what is known at build time, shapes included.", fold_constants, Simplify, 1, true},
      {"remove-no-ops", "Drops nodes whose result is their input.", remove_no_ops, Simplify, 1, true},
      {"fuse-reshapes", "Merges chains of Reshape, Squeeze, Unsqueeze and Flatten.", fuse_reshapes, Simplify, 1, true},
      {"common-subexpressions", "Computes equal nodes once and stores equal constants once.", common_subexpressions,
       Simplify, 1, true},
      {"simplify-subgraphs", "Runs the passes of this stage on the bodies of If, Loop and Scan.", simplify_subgraphs,
       Simplify, 1},

      {"cancel-transposes", "Merges transposes, and moves them so that they meet their inverse.", cancel_transposes,
       Fuse, 1},
      {"sink-reshapes", "Moves views behind products and row-wise nodes, where they meet other views.", sink_reshapes,
       Fuse, 1},
      {"fuse-pads", "Gives zero padding to the convolution or pooling that reads it.", fuse_pads, Fuse, 1},
      {"recognize-activations", "Finds Clip, Swish, HardSwish, Mish and others in their parts.", recognize_activations,
       Fuse, 1},
      {"fuse-gelu", "Finds Gelu (erf and tanh) in its parts.", fuse_gelu, Fuse, 1},
      {"fuse-layernorm", "Finds LayerNormalization and RMSNormalization in their parts.", fuse_layernorm, Fuse, 1},
      {"canonicalize", "Writes the same computation in one way (global pooling, explicit pads).", canonicalize, Fuse,
       1},
      {"fuse-affine", "Folds batch norm and per-channel arithmetic into the weights before it.", fuse_affine, Fuse, 1},
      {"split-qkv", "Splits a joint query-key-value projection before the heads are separated.", split_qkv, Fuse, 1},
      {"lower-attention", "Turns plain Attention operators into the fused form.", lower_attention, Fuse, 1},
      {"fuse-attention", "Finds scaled dot-product attention in its parts.", fuse_attention, Fuse, 1},
      {"attention-heads", "Lets attention read and write the projections without separating the heads.",
       attention_heads, Fuse, 1},
      {"fuse-skip-layernorm", "Joins the residual Add with the LayerNormalization after it.", fuse_skip_layernorm, Fuse,
       1},
      {"expand-batchnorm", "Writes a batch norm that stands alone as Mul and Add.", expand_batchnorm, Lower, 1},
      {"merge-projections", "Computes projections of the same input as one product.", merge_projections, Lower, 4},
      {"lower-conv", "Turns Conv into the form with bias, residual and activation.", lower_conv, Lower, 1},
      {"lower-matmul", "Turns MatMul and Gemm into the form with bias, residual and activation.", lower_matmul, Lower,
       1},
      {"fuse-bias", "Gives the Add of a bias to the product before it.", fuse_bias, Lower, 1},
      {"fuse-residual", "Gives the Add of a residual to the convolution or product before it.", fuse_residual, Lower,
       1},
      {"fuse-activation", "Gives an activation to the convolution or product before it.", fuse_activation, Lower, 1},

      {"fuse-pointwise", "Joins chains of elementwise nodes into one.", fuse_pointwise, Finish, 1},
  };
  return table;
}

const PassDef* find_pass(std::string_view name) {
  for (const PassDef& p : all_passes())
    if (p.name == name) return &p;
  return nullptr;
}

}  // namespace pharos
