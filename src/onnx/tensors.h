#pragma once
// Contents of tensors: raw or typed fields, cuts of the model file, external files, sparse form.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "pharos/limits.h"
#include "graph/tensor.h"
#include "onnx/proto.h"
#include "onnx/skeleton.h"

namespace pharos {

class TensorReader {
 public:
  // `model` (may be null: no cuts) and `limits` outlive the reader. `folder` is where external data lies; nothing: refused.
  TensorReader(const Source* model, std::vector<WeightCut> cuts, std::optional<std::string> folder, const Limits& limits,
               bool allow_hard_links = false);

  // `what` names the tensor in messages: "initializer 'w'".
  Result<Tensor> read(const onnx::TensorProto& proto, const std::string& what);
  Result<Tensor> read(const onnx::SparseTensorProto& proto, const std::string& what);  // made dense

  int64_t total_bytes() const { return total_bytes_; }

 private:
  struct Place { const Source* source; int64_t offset; };

  Result<Tensor> prepare(const onnx::TensorProto& proto, const std::string& what);
  Result<void> fill_raw(Tensor& t, const Place& place);
  Result<Tensor> read_external(const onnx::TensorProto& proto, Tensor t, const std::string& what);
  Result<const Source*> open(const std::string& location, const std::string& what);
  Result<void> charge(int64_t bytes, const std::string& what);

  const Source* model_;
  std::vector<WeightCut> cuts_;
  std::optional<std::string> folder_;
  const Limits& limits_;
  bool allow_hard_links_;
  int64_t total_bytes_ = 0;
  std::map<std::string, std::unique_ptr<FileSource>> files_;
  // Tensors that name the same bytes of a file share them.
  std::map<std::tuple<std::string, int64_t, DType, int64_t>, Tensor> shared_;
};

// Bytes of `count` elements in a file; nothing on overflow.
std::optional<int64_t> packed_bytes(DType dtype, int64_t count);
// Elements from their packed form and back. `packed` holds packed_bytes(); strings are not possible.
void unpack_elements(Tensor& t, std::span<const std::byte> packed);
std::vector<std::byte> pack_elements(const Tensor& t);

}  // namespace pharos
