// Any bytes as a log: unpacked, decoded, cut into lines, parsed, judged, told in every format and language. What is
// printed for a terminal must hold no control character of the log, and it must not matter in which pieces a log comes.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "findings/doctor.h"
#include "fuzz.h"
#include "reports/formats.h"

namespace {

using namespace pharos;

const Doctor& the_doctor() {
  static const Doctor d;
  return d;
}

[[noreturn]] void broken(const char* what, const std::string& text) {
  std::fprintf(stderr, "%s: %s\n", what, text.c_str());
  std::abort();
}

void tell(const Diagnosis& d) {
  for (const ReportFormat& f : report_formats()) {
    for (const Language l : {Language::English, Language::Chinese}) {
      ReportOptions options{.language = l, .all = true};
      if (f.name == "text") options.columns = 40;
      const std::string text = f.render({&d, 1}, options);
      const bool control = std::any_of(text.begin(), text.end(), [](char c) { return (uint8_t(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f; });
      if (control) broken("a control character in a report", std::string(f.name));
    }
  }
}

// The whole diagnosis, as the format that leaves nothing out tells it.
std::string told(Examination&& e) {
  const Diagnosis d = e.finish();
  return find_report_format("json")->render({&d, 1}, {});
}

void in_pieces(std::string_view text) {
  Examination whole(the_doctor(), "x"), pieces(the_doctor(), "x");
  (void)whole.read(*memory_source(text));
  for (size_t at = 0, n = 1; at < text.size(); at += n, n = n * 7 % 61 + 1) (void)pieces.read(*memory_source(text.substr(at, n)));
  const std::string a = told(std::move(whole)), b = told(std::move(pieces));
  if (a != b) broken("another diagnosis in pieces", a + "\n" + b);
}

std::vector<uint8_t> bytes(std::string_view s) { return {s.begin(), s.end()}; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto source = decoded(memory_source(text), "x");
  if (source) {
    Examination e(the_doctor(), "x");
    (void)e.read(**source);
    tell(e.diagnosis());
    tell(e.finish());
  }
  if (size < 20'000) in_pieces(text);
  return 0;
}

std::vector<std::vector<uint8_t>> fuzz_seeds() {
  using namespace std::string_literals;
  std::vector<std::vector<uint8_t>> out;
  std::string all;
  for (const Rule& r : the_doctor().rules().all()) {
    for (const RuleSample& s : r.samples) {
      out.push_back(bytes(s.log));
      all += std::string(s.log) + "\n";
    }
  }
  for (const Dialect& d : the_doctor().dialects().all()) {
    for (const DialectSample& s : d.samples) out.push_back(bytes(s.line));
  }
  out.push_back(bytes(all));
  out.push_back(bytes(
      "&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=a.onnx --fp16 --shapes=x:1x3x224x224\n[01/20/2024-20:25:39] [I] === Model Options ===\n"
      "[01/20/2024-20:25:39] [I] Format: ONNX\n[01/20/2024-20:25:39] [I] === Device Information ===\n[01/20/2024-20:25:39] [I] Selected Device: NVIDIA A10\n"
      "[01/20/2024-20:25:39] [I] [TRT] [MemUsageChange] Init CUDA: CPU +2, GPU +0, now: CPU 22, GPU 320 (MiB)\n[01/20/2024-20:25:39] [I] === Performance summary ===\n"
      "[01/20/2024-20:25:39] [I] Throughput: 100 qps\n[01/20/2024-20:25:39] [I] Latency: min = 1 ms, max = 2 ms, mean = 1.5 ms, median = 1.4 ms, percentile(99%) = 1.9 ms\n"
      "[01/20/2024-20:25:39] [I] === Profile (162 iterations ) ===\n[01/20/2024-20:25:39] [I]    Time(ms)     Avg.(ms)   Median(ms)   Time(%)   Layer\n"
      "[01/20/2024-20:25:39] [I]     1667.74       5.7508       5.7308      97.7   {ForeignNode[/a + b.../Einsum_1]}\n"
      "[01/20/2024-20:25:39] [I]     1667.74       5.7508       5.7308     100.0   Total\n&&&& PASSED TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=a.onnx\n"));
  out.push_back(bytes("{\"log\":\"[E] [TRT] \\u001b[31mOut of memory\\r\\n\\ud83d\",\"stream\":\"stderr\"}\n2024-01-01T00:00:00.000000000Z stdout P [W] x\r"));
  out.push_back(bytes("<34>Nov 25 04:10:22 host unit[123]: web-1  | \x1b[31m[E]\x1b]0;title\x07 x\x1b[0m\n"s));
  out.push_back(bytes("{\"time\": \"2026-11-25T09:07:38.226135Z\", \"severity\": \"ERROR\", \"stage\": \"parse\", \"code\": \"PH4101\", \"arguments\": {\"inputs\": \"'x'\"}, \"context\": [\"a\"], \"message\": \"m\"}\n"));
  out.push_back(bytes("\xff\xfe[\0E\0]\0 \0x\0\n\0"s));                                   // UTF-16
  out.push_back(bytes("\x1f\x8b\x08\0\0\0\0\0\0\x03\x8b\x76\x55\x88\x55\xa8\xe0\x02\0\xa2\x93\x63\x0e\x07\0\0\0"s));  // gzip
  out.push_back(bytes("\x28\xb5\x2f\xfd\x24\x07\x39\0\0[E] xy\n\x8c\x1e\xcf\x0b"s));          // zstd
  return out;
}
