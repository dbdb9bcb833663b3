// Names and titles of causes and metrics.

#include "compare/split.h"

namespace pharos {
namespace {

struct CauseText {
  std::string_view name;
  Text title;
};

constexpr CauseText causes[] = {
    {"fallback", {"layers that moved to or from the CPU or the framework", "移至或移出 CPU/框架的层"}},
    {"precision", {"layers that changed precision", "精度改变的层"}},
    {"reformat", {"copies between types and layouts", "类型与布局转换（reformat）"}},
    {"fusion", {"layers fused on one side only", "仅一侧融合的层"}},
    {"tactic", {"layers with another tactic", "策略（tactic）改变的层"}},
    {"added", {"layers that are new", "新增的层"}},
    {"removed", {"layers that are gone", "消失的层"}},
    {"shapes", {"the same layers at other input shapes", "相同的层，输入形状不同"}},
    {"device", {"the same layers on another device", "相同的层，设备不同"}},
    {"uniform", {"all layers by one factor: clocks, power limit, load", "所有层按同一比例变化：时钟、功耗限制、负载"}},
    {"slower", {"layers without a visible change", "无可见改变但耗时变化的层"}},
    {"h2d", {"transfers to the device (H2D)", "主机到设备传输（H2D）"}},
    {"d2h", {"transfers from the device (D2H)", "设备到主机传输（D2H）"}},
    {"launch", {"the CPU submits work too slowly (enqueue)", "CPU 提交任务过慢（enqueue）"}},
    {"host", {"the host between queries", "查询之间的主机时间"}},
    {"unexplained", {"unexplained", "无法解释"}},
};
static_assert(std::size(causes) == size_t(Cause::Unexplained) + 1);

constexpr CauseText metrics[] = {
    {"latency", {"latency", "延迟"}},
    {"compute", {"compute time", "计算时间"}},
    {"end-to-end", {"end-to-end latency", "端到端延迟"}},
    {"period", {"time per query", "每次查询耗时"}},
    {"profile", {"sum of the layers", "各层之和"}},
};
static_assert(std::size(metrics) == size_t(Metric::Profile) + 1);

}  // namespace

std::string_view cause_name(Cause c) { return causes[size_t(c)].name; }
Text cause_title(Cause c) { return causes[size_t(c)].title; }
std::string_view metric_name(Metric m) { return metrics[size_t(m)].name; }
Text metric_title(Metric m) { return metrics[size_t(m)].title; }

}  // namespace pharos
