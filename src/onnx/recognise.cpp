#include "onnx/recognise.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "catalog/import.h"

namespace pharos {
namespace {

using namespace std::string_view_literals;

std::string_view view(const std::vector<std::byte>& v) { return {reinterpret_cast<const char*>(v.data()), v.size()}; }

struct Magic {
  size_t at;
  std::string_view bytes;
  const Diagnostic* diagnostic;
  std::string_view details;
};

constexpr std::array magics{
    Magic{0, "version https://git-lfs.github.com/spec/"sv, &diag::format_git_lfs, "its text names the real size and hash"},
    Magic{4, "TFL3"sv, &diag::format_tflite, "flatbuffer of schema 3"},
    Magic{0, "\x89HDF\r\n\x1a\n"sv, &diag::format_keras, "HDF5"},
    Magic{0, "ftrt"sv, &diag::format_tensorrt_plan, "serialised engine"},
    Magic{0, "ptrt"sv, &diag::format_tensorrt_plan, "serialised engine of an older version"},
    Magic{0, "GGUF"sv, &diag::format_weights_only, "GGUF"},
    Magic{0, "ggml"sv, &diag::format_weights_only, "GGML"},
    Magic{0, "\x93NUMPY"sv, &diag::format_weights_only, "a NumPy array"},
    Magic{4, "ORTM"sv, &diag::format_other_runtime, "an ONNX Runtime .ort model"},
    Magic{0, "7767517\n"sv, &diag::format_other_runtime, "an ncnn .param file"},
    Magic{0, "PHAROS"sv, &diag::format_pharos_engine, ""},
    Magic{0, "\x1f\x8b"sv, &diag::format_compressed, "gzip"},
    Magic{0, "\x28\xb5\x2f\xfd"sv, &diag::format_compressed, "zstd"},
    Magic{0, "\xfd\x37zXZ\0"sv, &diag::format_compressed, "xz"},
    Magic{0, "BZh"sv, &diag::format_compressed, "bzip2"},
    Magic{0, "7z\xbc\xaf\x27\x1c"sv, &diag::format_compressed, "7-zip"},
    Magic{0, "Rar!\x1a\x07"sv, &diag::format_compressed, "rar"},
    Magic{257, "ustar"sv, &diag::format_compressed, "tar archive"},
    Magic{0, "\x80\x02"sv, &diag::format_pytorch, "Python pickle"},
    Magic{0, "\x80\x03"sv, &diag::format_pytorch, "Python pickle"},
    Magic{0, "\x80\x04\x95"sv, &diag::format_pytorch, "Python pickle"},
    Magic{0, "\x80\x05\x95"sv, &diag::format_pytorch, "Python pickle"},
};

Report report(const Source& s, const Diagnostic& d, std::string_view details) {
  return Report(d, {{"path", s.name()}, {"details", std::string(details)}});
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

// Archives are told apart by the names of their members, which stand at the front and in the directory at the end.
Report zip(const Source& s, std::string_view head, std::string_view tail) {
  const auto has = [&](std::string_view name) { return contains(head, name) || contains(tail, name); };
  if (has("/code/") || has("constants.pkl")) return report(s, diag::format_pytorch, "TorchScript archive");
  if (has("data.pkl")) return report(s, diag::format_pytorch, "checkpoint or pickled module");
  if (has("archive_format") || has("serialized_exported_program")) return report(s, diag::format_pytorch, "torch.export program");
  if (has("model.weights.h5") || has("config.json")) return report(s, diag::format_keras, "Keras 3 archive");
  if (has(".npy")) return report(s, diag::format_weights_only, "NumPy .npz archive");
  if (has("saved_model.pb")) return report(s, diag::format_compressed, "zip archive of a TensorFlow SavedModel");
  return report(s, diag::format_compressed, "zip archive");
}

struct Field { uint64_t number, wire, value; std::string_view bytes; };

// The next field of a protobuf message; false at its end or where it is cut.
bool next_field(std::string_view& in, Field& f) {
  const auto varint = [&](uint64_t& v) {
    v = 0;
    for (int shift = 0; shift < 64 && !in.empty(); shift += 7) {
      const auto b = uint8_t(in.front());
      in.remove_prefix(1);
      v |= uint64_t(b & 0x7f) << shift;
      if (b < 0x80) return true;
    }
    return false;
  };
  uint64_t tag = 0;
  if (in.empty() || !varint(tag)) return false;
  f = {tag >> 3, tag & 7, 0, {}};
  if (f.wire == 0) return varint(f.value);
  if (f.wire == 1 || f.wire == 5) { in.remove_prefix(std::min<size_t>(in.size(), f.wire == 1 ? 8 : 4)); return true; }
  if (f.wire != 2 || !varint(f.value)) return false;
  f.bytes = in.substr(0, f.value);  // what there is of it
  in.remove_prefix(f.bytes.size());
  return true;
}

bool printable(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](unsigned char c) { return (c >= 0x20 && c != 0x7f) || c == '\n' || c == '\r' || c == '\t'; });
}

// Other protobuf formats. ONNX starts with ir_version (field 1, a small number), but nothing forces the order.
std::optional<Report> protobuf(const Source& s, std::string_view head) {
  std::string_view rest = head;
  Field first, second;
  if (!next_field(rest, first)) return std::nullopt;
  if (first.number == 1 && first.wire == 2) {
    Field name, op;
    std::string_view node = first.bytes;
    if (next_field(node, name) && name.number == 1 && name.wire == 2 && printable(name.bytes) && next_field(node, op) &&
        op.number == 2 && op.wire == 2 && !op.bytes.empty() && printable(op.bytes))
      return report(s, diag::format_tensorflow, "frozen graph (GraphDef)");
    return std::nullopt;
  }
  if (first.number != 1 || first.wire != 0 || !next_field(rest, second)) return std::nullopt;
  if (second.number == 2 && second.wire == 0) return report(s, diag::format_uff, "version " + std::to_string(first.value));
  const bool nested = second.number == 2 && second.wire == 2 && second.bytes.starts_with('\n');
  if (nested && contains(head, "serve")) return report(s, diag::format_tensorflow, "SavedModel");
  if (nested && first.value <= 12 && contains(second.bytes.substr(0, 64), "\x0a")) {
    if (first.value == 1) return report(s, diag::format_tensorflow, "SavedModel");
    return report(s, diag::format_other_runtime, "a Core ML model");
  }
  return std::nullopt;
}

std::optional<Report> text(const Source& s, std::string_view head) {
  while (!head.empty() && (head.starts_with("\xef\xbb\xbf") || head.front() == ' ' || head.front() == '\n' || head.front() == '\r'))
    head.remove_prefix(head.front() == '\xef' ? 3 : 1);
  const auto starts = [&](std::string_view t) {
    return head.size() >= t.size() && std::equal(t.begin(), t.end(), head.begin(), [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
  };
  if (starts("<!doctype html") || starts("<html")) return report(s, diag::format_text, "a web page");
  if (starts("<?xml") || starts("<net")) {
    if (contains(head, "<net")) return report(s, diag::format_other_runtime, "an OpenVINO .xml model");
    return report(s, diag::format_text, "XML");
  }
  if (!printable(head)) return std::nullopt;
  if (contains(head, "ir_version:")) return report(s, diag::format_text, "the text form of an ONNX model");
  if (starts("layer {") || (contains(head, "layer") && contains(head, "bottom:"))) return report(s, diag::format_other_runtime, "a Caffe .prototxt file");
  if (starts("node {")) return report(s, diag::format_tensorflow, "GraphDef in text form");
  if (starts("{") || starts("[")) return report(s, diag::format_text, "JSON");
  if (starts("graph ")) return report(s, diag::format_text, "the text form of a graph");
  return report(s, diag::format_text, "plain text");
}

bool safetensors(std::string_view head, int64_t size) {
  if (head.size() < 10 || (head[8] != '{')) return false;
  uint64_t header = 0;
  std::memcpy(&header, head.data(), 8);
  return header >= 2 && header < uint64_t(size) && head[9] == '"';
}

}  // namespace

std::optional<Report> recognise_foreign(const Source& source) {
  const int64_t size = source.size();
  if (size == 0) return Report(diag::format_empty, {{"path", source.name()}});
  std::vector<std::byte> head_bytes(size_t(std::min<int64_t>(size, 4096))), tail_bytes;
  if (!source.read(0, head_bytes)) return std::nullopt;
  const std::string_view head = view(head_bytes);
  if (head.starts_with("PK\x03\x04") || head.starts_with("PK\x05\x06")) {
    tail_bytes.resize(size_t(std::min<int64_t>(size, 65536)));
    if (!source.read(size - int64_t(tail_bytes.size()), tail_bytes)) tail_bytes.clear();
    return zip(source, head, view(tail_bytes));
  }
  for (const Magic& m : magics)
    if (head.size() >= m.at && head.substr(m.at).starts_with(m.bytes)) return report(source, *m.diagnostic, m.details);
  if (safetensors(head, size)) return report(source, diag::format_weights_only, "safetensors");
  if (auto r = protobuf(source, head)) return r;
  return text(source, head);
}

std::optional<Report> recognise_foreign_folder(const std::string& path) {
  std::error_code absent;
  if (!std::filesystem::is_regular_file(path + "/saved_model.pb", absent)) return std::nullopt;
  return Report(diag::format_tensorflow, {{"path", path}, {"details", "SavedModel"}});
}

}  // namespace pharos
