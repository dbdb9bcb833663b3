#include "onnx/import.h"

#include <google/protobuf/io/coded_stream.h>

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/general.h"
#include "catalog/import.h"
#include "onnx/builder.h"
#include "onnx/declared.h"
#include "onnx/recognise.h"
#include "onnx/skeleton.h"
#include "ops/infer.h"

namespace pharos {
namespace {

Report damaged(const Source& source, std::string details) {
  return Report(diag::model_damaged, {{"path", source.name()}, {"details", std::move(details)}});
}

Result<void> parse(const Source& source, const Skeleton& skeleton, const Limits& limits, onnx::ModelProto& model) {
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(skeleton.bytes.data()), int(skeleton.bytes.size()));
  // A subgraph is three messages deep; a type or a tensor in it some more. Nesting of graphs was limited before.
  in.SetRecursionLimit(3 * limits.max_depth + 80);
  if (!model.ParseFromCodedStream(&in) || !in.ConsumedEntireMessage()) return damaged(source, "its structure cannot be read as a ModelProto");
  return {};
}

int64_t count_nodes(const onnx::GraphProto& g) {
  int64_t n = g.node_size();
  for (const auto& node : g.node())
    for (const auto& a : node.attribute())
      if (a.has_g()) n += count_nodes(a.g());
  return n;
}

void describe(const onnx::ModelProto& model, ImportedModel& out) {
  out.name = model.graph().name();
  out.producer = model.producer_name();
  out.producer_version = model.producer_version();
  out.domain = model.domain();
  out.ir_version = model.ir_version();
  out.model_version = model.model_version();
  for (const auto& p : model.metadata_props()) out.metadata.emplace_back(p.key(), p.value());
  out.onnx_nodes = count_nodes(model.graph());
  for (const auto& f : model.functions()) out.onnx_nodes += f.node_size();
}

// Types by inference, then what the model declares about the values inference knows nothing of, and again with that.
Result<void> infer(const onnx::GraphProto& proto, const OpSet& ops, const Limits& limits, ImportedModel& out) {
  InferOptions options;
  options.limits = limits;
  PHAROS_TRY(infer_types(out.graph, ops, options));
  if (PHAROS_TRY(apply_declared_types(proto, limits, out)) > 0) PHAROS_TRY(infer_types(out.graph, ops, options));
  return {};
}

Result<ImportedModel> read_model(const Source& source, std::optional<std::string> folder, const OpSet& ops, const ImportOptions& options) {
  if (source.size() > options.limits.max_model_bytes)
    return Report(diag::file_too_large, {{"path", source.name()}, {"size", bytes_text(source.size())}, {"limit", bytes_text(options.limits.max_model_bytes)}});
  if (auto foreign = recognise_foreign(source)) return std::move(*foreign);
  Skeleton skeleton = PHAROS_TRY(read_skeleton(source, options.limits));
  if (!skeleton.has_graph) return damaged(source, "it holds no graph");
  onnx::ModelProto model;
  PHAROS_TRY(parse(source, skeleton, options.limits, model));
  skeleton.bytes = {};
  ImportedModel out;
  describe(model, out);
  if (model.ir_version() > proto::known_ir_version)
    out.notes.emplace_back(diag::ir_too_new, Arguments{{"version", std::to_string(model.ir_version())}, {"known", std::to_string(proto::known_ir_version)}});
  if (skeleton.has_training_info) out.notes.emplace_back(diag::training_info_ignored);
  TensorReader tensors(&source, std::move(skeleton.cuts), std::move(folder), options.limits, options.allow_hard_links);
  PHAROS_TRY(ModelBuilder(model, ops, options, tensors, out).build());
  out.tensor_bytes = tensors.total_bytes();
  out.graph.compact();
  if (options.infer && out.unknown.empty()) PHAROS_TRY(infer(model.graph(), ops, options.limits, out));
  PHAROS_TRY(verify(out.graph));
  return out;
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

Result<ImportedModel> finish(Result<ImportedModel> model, const std::string& name, Log log) {
  if (!model) {
    if (model.error().diagnostic().layer == Layer::General) return model;
    return std::move(model).error().in(fmt::format("while importing '{}'", name));
  }
  for (const Report& note : model->notes) log.report(note);
  return model;
}

}  // namespace

Result<ImportedModel> import_model(const std::string& path, const OpSet& ops, const ImportOptions& options, Log log) {
  if (auto foreign = recognise_foreign_folder(path)) return std::move(*foreign);
  const FileSource source(PHAROS_TRY(File::open(path)));
  return finish(read_model(source, folder_of(path), ops, options), path, log.at(Stage::Parse));
}

Result<ImportedModel> import_model(std::span<const std::byte> bytes, const std::string& folder, const OpSet& ops,
                                   const ImportOptions& options, Log log) {
  const MemorySource source(bytes);
  return finish(read_model(source, folder.empty() ? std::nullopt : std::optional(folder), ops, options), source.name(), log.at(Stage::Parse));
}

}  // namespace pharos
