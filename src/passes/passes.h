#pragma once
// The functions behind the table in pipeline.cpp; each is described there and defined in the file of its name.

#include "passes/pass.h"

namespace pharos::passes {

Result<int> attention_heads(Graph& g, PassContext& c);
Result<int> cancel_transposes(Graph& g, PassContext& c);
Result<int> canonicalize(Graph& g, PassContext& c);
Result<int> common_subexpressions(Graph& g, PassContext& c);
Result<int> dead_code(Graph& g, PassContext& c);
Result<int> expand_batchnorm(Graph& g, PassContext& c);
Result<int> fold_constants(Graph& g, PassContext& c);
Result<int> fuse_affine(Graph& g, PassContext& c);
Result<int> fuse_attention(Graph& g, PassContext& c);
Result<int> fuse_activation(Graph& g, PassContext& c);
Result<int> fuse_bias(Graph& g, PassContext& c);
Result<int> fuse_gelu(Graph& g, PassContext& c);
Result<int> fuse_layernorm(Graph& g, PassContext& c);
Result<int> fuse_pads(Graph& g, PassContext& c);
Result<int> fuse_pointwise(Graph& g, PassContext& c);
Result<int> fuse_reshapes(Graph& g, PassContext& c);
Result<int> fuse_residual(Graph& g, PassContext& c);
Result<int> fuse_skip_layernorm(Graph& g, PassContext& c);
Result<int> inline_if(Graph& g, PassContext& c);
Result<int> lower_attention(Graph& g, PassContext& c);
Result<int> lower_conv(Graph& g, PassContext& c);
Result<int> lower_matmul(Graph& g, PassContext& c);
Result<int> merge_projections(Graph& g, PassContext& c);
Result<int> recognize_activations(Graph& g, PassContext& c);
Result<int> remove_no_ops(Graph& g, PassContext& c);
Result<int> simplify_subgraphs(Graph& g, PassContext& c);
Result<int> sink_reshapes(Graph& g, PassContext& c);
Result<int> split_qkv(Graph& g, PassContext& c);

}  // namespace pharos::passes
