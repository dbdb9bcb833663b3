#pragma once
// PH41xx: building: profiles, tuning, timing cache, what the build found out.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic profile_missing{
    .code = "PH4101", .slug = "profile-missing", .severity = Severity::Error, .layer = Layer::Tactics, .since = "0.1",
    .title = {"A model with dynamic inputs needs an optimisation profile", "具有动态输入的模型需要优化配置"},
    .message = {"dynamic input(s) without a profile: {inputs}; add {option}", "以下动态输入没有优化配置：{inputs}；请添加 {option}"},
    .cause = {"Dimensions of an input are not fixed in the model, and no range was given for them.",
              "模型未固定某个输入的维度，且未给出其范围。"},
    .remedy = {"Type the option from the message with your own sizes; for a fixed shape --shapes is enough.",
               "按消息中的选项填写实际尺寸；若形状固定，只需 --shapes。"},
    .example = "pharos build dynamic.onnx"};

inline constexpr Diagnostic profile_misfit{
    .code = "PH4102", .slug = "profile-misfit", .severity = Severity::Error, .layer = Layer::Tactics, .since = "0.1",
    .title = {"An optimisation profile does not fit the model", "优化配置与模型不符"},
    .message = {"profile {index}, input '{input}': {details}", "配置 {index}，输入“{input}”：{details}"},
    .cause = {"A name, rank, fixed dimension or the order min <= opt <= max is wrong.",
              "名称、秩、固定维度有误，或不满足 min <= opt <= max。"},
    .remedy = {"Compare with the inputs that 'pharos inspect' lists.", "请与 pharos inspect 列出的输入对照。"},
    .example = "pharos build m.onnx --min-shapes x:8x3 --max-shapes x:4x3"};

inline constexpr Diagnostic slow_fallback{
    .code = "PH4103", .slug = "slow-fallback", .severity = Severity::Warning, .layer = Layer::Tactics, .since = "0.1",
    .title = {"A layer runs in the slow reference implementation", "某层使用缓慢的参考实现"},
    .message = {"{op} '{layer}' has no fast tactic and takes {share} of the run ({ms} ms): {reason}",
                "{op}“{layer}”没有快速策略，占运行时间的 {share}（{ms} 毫秒）：{reason}"},
    .cause = {"No tactic supports this operator with these types, attributes or shapes.",
              "没有策略支持该算子的这些类型、属性或形状。"},
    .remedy = {"Rewrite the node with operators that have a tactic ('pharos list tactics'), or accept the share named.",
               "改用具有快速策略的算子（见 pharos list tactics），或接受所示占比。"},
    .example = "pharos build model_with_deform_conv.onnx"};

inline constexpr Diagnostic tactic_skipped_workspace{
    .code = "PH4104", .slug = "tactic-skipped-workspace", .severity = Severity::Warning, .layer = Layer::Tactics, .since = "0.1",
    .title = {"A tactic was skipped because it needs more workspace than allowed", "某策略所需工作区超出限制而被跳过"},
    .message = {"layer '{layer}': tactic {tactic} skipped: requested {requested} bytes of workspace, available {available} bytes; "
                "{chosen} takes {cost} ms ({share} %) longer",
                "层“{layer}”：跳过策略 {tactic}：需要工作区 {requested} 字节，可用 {available} 字节；改用 {chosen} 多耗时 {cost} 毫秒（{share} %）"},
    .cause = {"--workspace bounds the scratch memory of one step.", "--workspace 限制单个步骤的临时内存。"},
    .remedy = {"Raise --workspace, or accept a slower tactic.", "提高 --workspace，或接受较慢的策略。"},
    .example = "pharos build resnet50.onnx --workspace 64K"};

inline constexpr Diagnostic stage_finished{
    .code = "PH4105", .slug = "stage-finished", .severity = Severity::Info, .layer = Layer::Tactics, .since = "0.1",
    .title = {"A stage of the build is done", "构建的一个阶段已完成"},
    .message = {"{stage} finished in {ms} ms: {details}", "{stage} 阶段完成，用时 {ms} 毫秒：{details}"},
    .cause = {"Progress.", "进度信息。"},
    .remedy = {"Nothing to do.", "无需处理。"},
    .example = "pharos build model.onnx"};

inline constexpr Diagnostic tactic_chosen{
    .code = "PH4106", .slug = "tactic-chosen", .severity = Severity::Verbose, .layer = Layer::Tactics, .since = "0.1",
    .title = {"The tactic of a layer was chosen", "已为某层选定策略"},
    .message = {"layer '{layer}' ({op}): {tactic} {config} {formats}, {ms} ms, fastest of {count}",
                "层“{layer}”（{op}）：{tactic} {config} {formats}，{ms} 毫秒，为 {count} 个候选中最快"},
    .cause = {"The candidates were timed on this machine.", "已在本机对候选策略计时。"},
    .remedy = {"Nothing to do; --explain-tactics shows the candidates.", "无需处理；--explain-tactics 可显示所有候选。"},
    .example = "pharos build model.onnx --verbose"};

inline constexpr Diagnostic build_cancelled{
    .code = "PH4107", .slug = "build-cancelled", .severity = Severity::Error, .layer = Layer::Tactics, .since = "0.1",
    .title = {"The build was cancelled", "构建已取消"},
    .message = {"the build was cancelled during {stage}", "构建在 {stage} 阶段被取消"},
    .cause = {"The application asked for it.", "由应用程序请求取消。"},
    .remedy = {"Nothing to do.", "无需处理。"},
    .example = "ProgressMonitor::cancelled returns true"};

inline constexpr Diagnostic no_tactic{
    .code = "PH4108", .slug = "no-tactic", .severity = Severity::Error, .layer = Layer::Tactics, .since = "0.1",
    .title = {"No way to compute a node was found", "找不到计算某节点的方法"},
    .message = {"could not find any implementation for node '{layer}' ({op}): {details}",
                "找不到节点“{layer}”（{op}）的任何实现：{details}"},
    .cause = {"The operator has no evaluation, or every tactic was ruled out by an option.",
              "该算子没有实现，或所有策略都被选项排除。"},
    .remedy = {"Remove --force-tactic or raise --workspace; see 'pharos list ops'.",
               "去掉 --force-tactic 或提高 --workspace；参见 pharos list ops。"},
    .example = "pharos build m.onnx --force-tactic conv1=cpu.softmax.simd"};

inline constexpr Diagnostic precision_widened{
    .code = "PH4110", .slug = "precision-widened", .severity = Severity::Info, .layer = Layer::Tactics, .since = "0.1",
    .title = {"Half-precision layers run in FP32", "半精度层以 FP32 运行"},
    .message = {"{count} value(s) of type {dtype} are computed in f32", "{count} 个 {dtype} 类型的值以 f32 计算"},
    .cause = {"There is no FP16 tactic for the CPU in this version; FP32 is at least as exact and faster than emulation.",
              "当前版本没有 CPU 的 FP16 策略；FP32 精度不低且快于模拟。"},
    .remedy = {"Nothing to do.", "无需处理。"},
    .example = "pharos build squeezenet-fp16.onnx"};

inline constexpr Diagnostic option_invalid{
    .code = "PH4111", .slug = "build-option-invalid", .severity = Severity::Error, .layer = Layer::Tactics, .since = "0.1",
    .title = {"A build option has an impossible value", "构建选项的值无效"},
    .message = {"{option} is {actual}; expected {expected}", "{option} 为 {actual}，应为 {expected}"},
    .cause = {"The value is outside what the machine or the builder allows.", "该值超出机器或构建器允许的范围。"},
    .remedy = {"Use a value in the range named.", "请使用所示范围内的值。"},
    .example = "pharos build m.onnx --opt-level 9"};

inline constexpr Diagnostic reference_step{
    .code = "PH4112", .slug = "reference-step", .severity = Severity::Verbose, .layer = Layer::Tactics, .since = "0.1",
    .title = {"A layer of little weight runs in the reference implementation", "某个占比很小的层使用参考实现"},
    .message = {"{op} '{layer}' runs in the reference: {share} of the run ({ms} ms)", "{op}“{layer}”使用参考实现：占运行时间的 {share}（{ms} 毫秒）"},
    .cause = {"No tactic supports it; at this size that hardly matters.", "没有策略支持它；在此规模下影响很小。"},
    .remedy = {"Nothing to do.", "无需处理。"},
    .example = "pharos build lgbm-classifier.onnx --verbose"};

inline constexpr Diagnostic budget_spent{
    .code = "PH4113", .slug = "build-budget-spent", .severity = Severity::Warning, .layer = Layer::Tactics, .since = "0.1",
    .title = {"The build budget ended tuning early", "构建预算用尽，调优提前结束"},
    .message = {"the budget of {budget} s ended tuning: {whole} layer(s) were timed, {part} in part, {none} not at all; what was chosen "
                "by estimate makes up {share} % of the predicted time",
                "构建预算 {budget} 秒已用尽，调优结束：{whole} 层已计时，{part} 层部分计时，{none} 层未计时；按估算选定的部分占预测时间的 {share} %"},
    .cause = {"--build-budget is shorter than timing all candidates takes.", "--build-budget 短于为全部候选计时所需的时间。"},
    .remedy = {"Raise --build-budget, or build again with the same --timing-cache: it goes on where this build stopped.",
               "提高 --build-budget，或使用同一 --timing-cache 再次构建：将从本次停止处继续。"},
    .example = "pharos build resnet50.onnx --build-budget 0.5"};

inline constexpr Diagnostic timing_cache_incomplete{
    .code = "PH4114", .slug = "timing-cache-incomplete", .severity = Severity::Error, .layer = Layer::Tactics, .since = "0.1",
    .title = {"A time that the build may not measure is missing", "缺少不允许重新测量的计时"},
    .message = {"layer '{layer}': the time of {tactic} is not in the timing cache: {reason}", "层“{layer}”：计时缓存中没有 {tactic} 的计时：{reason}"},
    .cause = {"--error-on-cache-miss (trtexec: --errorOnTimingCacheMiss) forbids timing.", "--error-on-cache-miss（trtexec 为 --errorOnTimingCacheMiss）禁止计时。"},
    .remedy = {"Build once without that option and with the same --timing-cache.", "请先不加该选项、使用同一 --timing-cache 构建一次。"},
    .example = "pharos build m.onnx --timing-cache new.cache --error-on-cache-miss"};

inline constexpr std::array build_entries{&profile_missing, &profile_misfit, &slow_fallback, &tactic_skipped_workspace,
    &stage_finished, &tactic_chosen, &build_cancelled, &no_tactic, &precision_widened, &option_invalid,
    &reference_step, &budget_spent, &timing_cache_incomplete};

}  // namespace pharos::diag
