#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "reports/html_charts.h"

namespace pharos {
namespace {

// Work that computes nothing: it only changes the layout or the type of a tensor.
bool is_copy(std::string_view name) {
  return name.starts_with("Reformatting CopyNode") || name.find("reformatter") != name.npos;
}

// All of a column with the same decimals.
std::string ms_text(double ms) {
  return std::isfinite(ms) && std::fabs(ms) < 1e9 ? fmt::format("{:.3f}", ms) : std::string("?");
}

std::string layer_figure(std::string_view title, std::string_view table, std::string_view note) {
  return fmt::format("<figure class=\"chart layers\"><figcaption>{}</figcaption>{}{}</figure>\n", title, table,
                     note.empty() ? std::string() : element("p", "note", note));
}

}  // namespace

// A table whose bars are boxes: it reads the same on a phone, in a screen reader and in print.
std::string slowest_layers(const LogModel& m, Words w) {
  if (m.layers.empty()) return "";
  std::vector<const LayerTime*> order;
  double total = 0, copies = 0;
  for (const LayerTime& l : m.layers) {
    order.push_back(&l);
    total += l.total_ms;
    if (is_copy(l.name)) copies += l.total_ms;
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const LayerTime* a, const LayerTime* b) { return a->total_ms > b->total_ms; });
  const double most = std::max(order.front()->total_ms, 1e-12);
  const auto share = [&](double ms) { return total > 0 ? 100 * ms / total : 0; };
  std::string rows;
  double drawn = 0;
  const size_t count = std::min(max_drawn_layers, order.size());
  for (size_t i = 0; i < count; ++i) {
    const LayerTime& l = *order[i];
    drawn += l.total_ms;
    rows += fmt::format(
        "<tr><td class=\"name\"><code>{}</code>{}<span class=\"bar{}\" style=\"width:{:.1f}%\"></span></td>"
        "<td class=\"num\">{}</td><td class=\"num\">{:.1f} %</td></tr>\n",
        html_cut(l.name, 160), is_copy(l.name) ? element("span", "tag", w({"reformat", "格式转换"})) : "",
        is_copy(l.name) ? " copy" : "", std::max(0.4, 100 * l.total_ms / most), ms_text(l.average_ms),
        share(l.total_ms));
  }
  std::string note;
  if (order.size() > count) {
    note = fmt::format(fmt::runtime(w({"The {} slowest of {} layers; the {} others take {:.1f} %. ",
                                       "共 {1} 层，列出最慢的 {0} 层；其余 {2} 层占 {3:.1f} %。"})),
                       count, order.size(), order.size() - count, share(total - drawn));
  }
  if (copies > 0)
    note += fmt::format(fmt::runtime(w({"Reformat copies take {:.1f} % in all.", "格式转换共占 {:.1f} %。"})),
                        share(copies));
  const std::string table =
      html_table({{w({"Layer", "层"})}, {w({"ms per run", "毫秒/次"}), true}, {w({"share", "占比"}), true}}, rows);
  return layer_figure(w({"Slowest layers", "最慢的层"}), table, note);
}

std::string layer_precisions(const LogModel& m, Words w) {
  std::map<std::string, size_t> counts;
  size_t all = 0;
  for (const EngineLayer& l : m.engine_layers) {
    if (!l.computes() || l.precision.empty()) continue;
    ++counts[l.precision];
    ++all;
  }
  if (all == 0) return "";
  std::vector<std::pair<std::string, size_t>> order(counts.begin(), counts.end());
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string rows;
  for (const auto& [precision, n] : order) {
    const double percent = 100 * double(n) / double(all);
    rows += fmt::format(
        "<tr><td class=\"name\">{}<span class=\"bar\" style=\"width:{:.1f}%\"></span></td><td class=\"num\">{}</td><td "
        "class=\"num\">{:.1f} %</td></tr>\n",
        html_cut(precision, 40), percent, n, percent);
  }
  return layer_figure(w({"Precision of the layers that compute", "计算层的精度"}), html_table({}, rows),
                      html_cut(m.engine_layers_file, 200));
}

}  // namespace pharos
