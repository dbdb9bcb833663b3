#include "reports/facts_view.h"

#include <cmath>

#include <fmt/format.h>

#include "base/text.h"

namespace pharos {
namespace {

std::string seconds_text(double s) { return duration_text(s * 1000); }
std::string mib_text(double mib) { return bytes_text(int64_t(std::llround(std::min(mib, 1e12) * 1024 * 1024))); }

Text phase_of_run_title(const LogModel& log) {
  const std::string_view p = phase_name(log);
  if (p == "build") return {"build", "构建"};
  if (p == "run") return {"run", "运行"};
  if (p == "build_and_run") return {"build and run", "构建并运行"};
  return {"", ""};
}

}  // namespace

std::string number_text(double v) {
  const double a = std::fabs(v);
  if (!std::isfinite(v)) return "?";
  if (a >= 1000) return fmt::format("{:.0f}", v);
  if (a >= 100) return fmt::format("{:.1f}", v);
  if (a >= 1) return fmt::format("{:.2f}", v);
  return fmt::format("{:.4f}", v);
}

Text log_stage_title(Stage s) {
  switch (s) {
    case Stage::Parse: return {"parse the model", "解析模型"};
    case Stage::Optimize: return {"optimise the graph", "优化计算图"};
    case Stage::Precision: return {"calibrate", "校准"};
    case Stage::Tune: return {"time tactics", "策略计时"};
    case Stage::Serialize: return {"generate the engine", "生成引擎"};
    case Stage::Load: return {"load the engine", "加载引擎"};
    case Stage::Run: return {"run inference", "执行推理"};
    case Stage::Verify: return {"verify", "验证"};
    case Stage::None: break;
  }
  return {"", ""};
}

std::vector<FactLine> fact_lines(const LogModel& m) {
  std::vector<FactLine> out;
  const auto add = [&](Text label, std::string value) {
    if (!value.empty()) out.push_back({label, std::move(value), {}});
  };
  add({"TensorRT", "TensorRT"}, m.tensorrt.text());
  add({"Pharos", "Pharos"}, m.pharos);
  add({"Device", "设备"},
      m.device + (m.compute_capability.empty() || m.device.empty() ? "" : " (SM " + m.compute_capability + ")"));
  add({"CUDA", "CUDA"}, m.cuda.text());
  add({"cuDNN", "cuDNN"}, m.cudnn.text());
  add({"Driver", "驱动"}, m.driver.text());
  if (const Text p = phase_of_run_title(m); !p.en.empty()) out.push_back({{"Log of a", "日志内容"}, "", p});
  if (m.passed) out.push_back({{"Result", "结果"}, "", *m.passed ? Text{"passed", "成功"} : Text{"failed", "失败"}});
  else if (m.started)
    out.push_back({{"Result", "结果"}, "", {"the log ends before the run does", "日志在运行结束前中断"}});
  if (m.build_seconds) add({"Build time", "构建时间"}, seconds_text(*m.build_seconds));
  if (m.engine_mib) add({"Engine size", "引擎大小"}, mib_text(*m.engine_mib));
  if (m.load_seconds) add({"Load time", "加载时间"}, seconds_text(*m.load_seconds));
  if (m.performance) {
    const Performance& p = *m.performance;
    if (p.throughput > 0) add({"Throughput", "吞吐量"}, number_text(p.throughput) + " qps");
  }
  if (const Statistic* s = m.latency()) {
    add({"Latency, median", "延迟中位数"}, number_text(s->median) + " ms");
    if (const auto p99 = s->percentile(99)) add({"Latency, p99", "延迟 p99"}, number_text(*p99) + " ms");
  }
  if (m.peak_gpu_mib > 0) add({"GPU memory, peak", "显存峰值"}, mib_text(m.peak_gpu_mib));
  if (!m.onnx.opset.empty()) add({"ONNX opset", "ONNX opset"}, m.onnx.opset);
  add({"Exported by", "导出工具"}, m.onnx.producer + (m.onnx.producer.empty() ? "" : " " + m.onnx.producer_version));
  return out;
}

std::string headline(const LogModel& m, Language l) {
  std::vector<std::string> parts;
  if (m.tensorrt.known()) parts.push_back("TensorRT " + m.tensorrt.text());
  if (!m.pharos.empty()) parts.push_back("Pharos " + shown(m.pharos));
  if (!m.device.empty()) parts.push_back(shown(m.device));
  const std::string_view phase = phase_of_run_title(m).in(l);
  if (!phase.empty()) parts.emplace_back(phase);
  if (m.passed) parts.emplace_back(*m.passed ? Text{"passed", "成功"}.in(l) : Text{"failed", "失败"}.in(l));
  else if (m.started && !(m.tool == "pharos" && m.engine_mib))  // whose build ends without a banner
    parts.emplace_back(Text{"not finished", "未完成"}.in(l));
  if (m.build_seconds)
    parts.push_back(
        fmt::format(fmt::runtime(Text{"built in {}", "构建用时 {}"}.in(l)), seconds_text(*m.build_seconds)));
  if (const Statistic* s = m.latency()) {
    parts.push_back(
        fmt::format(fmt::runtime(Text{"median latency {} ms", "延迟中位数 {} ms"}.in(l)), number_text(s->median)));
  }
  if (parts.size() == 1 && parts[0] == phase) return "";  // too little for a line
  return fmt::format("{}", fmt::join(parts, l == Language::Chinese ? "，" : ", "));
}

}  // namespace pharos
