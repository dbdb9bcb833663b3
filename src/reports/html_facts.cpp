#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "reports/facts_view.h"
#include "reports/html_sections.h"

namespace pharos {
namespace {

constexpr size_t most_rows = 200;

std::string bytes(double n) { return bytes_text(int64_t(std::llround(std::clamp(n, 0.0, 1e18)))); }

std::string more(size_t all, size_t shown, Words w) {
  return all <= shown
             ? ""
             : element("p", "note",
                       fmt::format(fmt::runtime(w({"{} more are left out", "另有 {} 项未列出"})), all - shown));
}

std::string details(std::string_view title, std::string_view content) {
  return fmt::format("<details><summary>{}</summary>\n{}</details>\n", title, content);
}

template <class Map>
std::string pairs(const Map& map, Words w, size_t cut = 300) {
  std::string rows;
  size_t n = 0;
  for (const auto& [key, value] : map) {
    if (++n > most_rows) break;
    rows += fmt::format("<dt>{}</dt><dd>{}</dd>\n", html_cut(key, 120), html_cut(fmt::format("{}", value), cut));
  }
  return fmt::format("<dl class=\"facts\">\n{}</dl>{}", rows, more(map.size(), most_rows, w));
}

std::string command(const LogModel& m, Words w) {
  if (m.command.empty()) return "";
  return fmt::format("<h5 class=\"sub\">{} ({} {})</h5>\n{}\n", w({"Command line", "命令行"}), w({"line", "行"}),
                     m.command_line_number, html_command(html_cut(m.command, 4000)));
}

std::string inputs(const LogModel& m, Words w) {
  if (m.tensors.empty() && m.profiles.empty()) return "";
  std::string out;
  if (!m.tensors.empty()) {
    std::string rows;
    for (size_t i = 0; i < std::min(most_rows, m.tensors.size()); ++i) {
      const TensorFact& t = m.tensors[i];
      rows += fmt::format("<tr><td><code>{}</code>{}</td><td>{}</td><td>{}</td></tr>\n", html_cut(t.name, 120),
                          t.dynamic ? element("span", "tag", w({"dynamic", "动态"})) : "", html_cut(t.dims, 120),
                          html_cut(t.type, 40));
    }
    out += html_table({{w({"Tensor", "张量"})}, {w({"Dimensions", "维度"})}, {w({"Type", "类型"})}}, rows) +
           more(m.tensors.size(), most_rows, w);
  }
  if (!m.profiles.empty()) {
    std::string rows;
    for (size_t i = 0; i < std::min(most_rows, m.profiles.size()); ++i) {
      const ProfileShape& p = m.profiles[i];
      rows += fmt::format(
          "<tr><td class=\"num\">{}</td><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>\n", p.profile,
          html_cut(p.tensor, 120), html_cut(p.min, 80), html_cut(p.opt, 80), html_cut(p.max, 80));
    }
    out += html_table({{w({"Profile", "优化配置"}), true}, {w({"Input", "输入"})}, {"min"}, {"opt"}, {"max"}}, rows) +
           more(m.profiles.size(), most_rows, w);
  }
  return out;
}

// In the order in which TensorRT runs its passes; the model's map has lost it.
std::string layer_counts(const LogModel& m, Words w) {
  if (m.layer_counts.empty()) return "";
  constexpr std::string_view order[] = {"Original",
                                        "After dead-layer removal",
                                        "After Myelin optimization",
                                        "After scale fusion",
                                        "After dupe layer removal",
                                        "After vertical fusions",
                                        "After final dead-layer removal",
                                        "After tensor merging",
                                        "After slice removal",
                                        "After concat removal",
                                        "After reformat layers"};
  std::string rows;
  for (const std::string_view name : order) {
    const auto at = m.layer_counts.find(std::string(name));
    if (at != m.layer_counts.end())
      rows += fmt::format("<dt>{}</dt><dd>{}</dd>\n", html_text(name), html_cut(at->second, 40));
  }
  return rows.empty() ? "" : details(w({"Layers after each pass", "各优化步骤后的层数"}), element("dl", "facts", rows));
}

std::string memory_totals(const LogModel& m, Words w) {
  std::map<std::string, std::string> rows;
  for (const auto& [name, n] : m.memory_totals) rows[name] = bytes(n);
  if (m.skipped.count > 0) {
    rows[std::string(w({"Tactics skipped for lack of memory", "因内存不足而跳过的策略"}))] =
        fmt::format("{}{}{}", m.skipped.count,
                    m.skipped.largest_request > 0
                        ? fmt::format(", {} {}", w({"largest request", "最大请求"}), bytes(m.skipped.largest_request))
                        : "",
                    m.skipped.smallest_available > 0
                        ? fmt::format(", {} {}", w({"available", "可用"}), bytes(m.skipped.smallest_available))
                        : "");
  }
  return rows.empty() ? "" : details(w({"Planned memory", "内存规划"}), pairs(rows, w));
}

}  // namespace

std::string key_figures(const LogModel& m, Words w) {
  std::string out;
  const auto tile = [&](Text name, const std::string& value) {
    out += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", w(name), value);
  };
  if (m.performance) {
    const Performance& p = *m.performance;
    const Statistic* s = p.latency ? &*p.latency : p.compute ? &*p.compute : nullptr;
    if (s) {
      tile({"Median latency", "延迟中位数"}, number_text(s->median) + " ms");
      for (const auto& [percent, ms] : s->percentiles) {
        if (percent == 99) tile({"99th percentile", "第 99 百分位"}, number_text(ms) + " ms");
      }
    }
    if (p.throughput > 0) tile({"Throughput", "吞吐量"}, number_text(p.throughput) + " qps");
    if (p.cov_percent && *p.cov_percent > 0)
      tile({"Compute variation", "计算时间变异"}, fmt::format("{:.1f} %", *p.cov_percent));
  }
  if (m.build_seconds) tile({"Build time", "构建时间"}, duration_text(*m.build_seconds * 1000));
  if (m.engine_mib && *m.engine_mib > 0) tile({"Engine size", "引擎大小"}, bytes(*m.engine_mib * 1024 * 1024));
  if (m.load_seconds) tile({"Load time", "加载时间"}, duration_text(*m.load_seconds * 1000));
  if (m.peak_gpu_mib > 0) tile({"GPU memory, peak", "显存峰值"}, bytes(m.peak_gpu_mib * 1024 * 1024));
  if (m.peak_cpu_mib > 0) tile({"Host memory, peak", "主机内存峰值"}, bytes(m.peak_cpu_mib * 1024 * 1024));
  return out.empty() ? "" : element("dl", "tiles", out);
}

std::string facts_section(const LogModel& m, Words w) {
  std::string rows;
  for (const FactLine& f : fact_lines(m))
    rows += fmt::format("<dt>{}</dt><dd>{}</dd>\n", w(f.label), html_cut(f.text(w.language), 300));
  if (m.device_memory_mib > 0)
    rows += fmt::format("<dt>{}</dt><dd>{}</dd>\n", w({"Device memory", "设备内存"}),
                        bytes(m.device_memory_mib * 1024 * 1024));
  if (!m.onnx.file.empty())
    rows += fmt::format("<dt>{}</dt><dd><code>{}</code></dd>\n", w({"Model", "模型"}), html_cut(m.onnx.file, 300));
  std::string dialects;
  for (const auto& [name, count] : m.dialects)
    dialects += fmt::format("{}{} ({})", dialects.empty() ? "" : ", ", name, count);
  if (!dialects.empty())
    rows += fmt::format("<dt>{}</dt><dd>{}</dd>\n", w({"Log formats (messages read)", "日志格式（已读消息数）"}),
                        html_text(dialects));
  std::string out = command(m, w);
  if (!rows.empty()) out = fmt::format("<dl class=\"facts\">\n{}</dl>\n", rows) + out;
  if (const std::string i = inputs(m, w); !i.empty()) out += details(w({"Inputs and profiles", "输入与优化配置"}), i);
  if (!m.options.empty()) out += details(w({"Options given", "命令行选项"}), pairs(m.options, w));
  if (!m.settings.empty()) out += details(w({"Settings printed by the log", "日志打印的设置"}), pairs(m.settings, w));
  out += layer_counts(m, w) + memory_totals(m, w);
  return out.empty() ? "" : element("div", "panel", out);
}

std::string gate_section(std::span<const Verdict> gate, Diagnoses logs, Words w) {
  if (gate.empty()) return "";
  constexpr size_t most = 100;
  const bool passed = gate_passed(gate);
  std::string items;
  size_t count = 0;
  for (size_t i = 0; i < gate.size(); ++i) {
    const std::string file =
        gate.size() > 1 && i < logs.size() && !logs[i].files.empty() ? logs[i].files.front() : std::string();
    const auto item = [&](const Report& r, std::string_view cls) {
      if (++count > most) return;
      const std::string text = r.text(w.language);
      const bool placed = file.empty() || text.find(file) != std::string::npos;
      items += fmt::format("<li class=\"{}\">{}{}</li>\n", cls, placed ? "" : html_cut(file, 200) + ": ",
                           html_cut(text, 600));
    };
    for (const Report& r : gate[i].reasons) item(r, "reason");
    for (const Report& r : gate[i].waived) item(r, "sub");
  }
  if (count > most) items += fmt::format("<li>… {}</li>", count - most);
  return fmt::format("<section id=\"gate\" class=\"gate {}\"><b class=\"sev-{}\">{}</b>{}</section>\n",
                     passed ? "pass" : "fail", passed ? "ok" : "error",
                     passed ? w({"The gate passes", "门禁通过"}) : w({"The gate fails", "门禁未通过"}),
                     items.empty() ? "" : fmt::format("<ul>\n{}</ul>", items));
}

}  // namespace pharos
