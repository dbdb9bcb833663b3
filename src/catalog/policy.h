#pragma once
// PH902x and PH903x: the doctor's gate.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic policy_invalid{
    .code = "PH9021", .slug = "policy-invalid", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A policy file is wrong", "策略文件有误"},
    .message = {"{path}:{line}:{column}: {actual}; expected {expected}", "{path}:{line}:{column}：{actual}；应为 {expected}"},
    .cause = {"The file is not valid TOML, or has a key or a value that the gate does not know. Nothing is ignored: a gate with a typo would not hold.",
              "文件不是有效的 TOML，或含有未知的键或值。不会忽略任何内容：写错的门禁等于没有门禁。"},
    .remedy = {"Correct the place; 'pharos doctor init' writes a commented policy.", "请修正该处；“pharos doctor init”可写出带注释的策略文件。"},
    .example = "a policy with fail_on = \"maybe\""};

inline constexpr Diagnostic policy_code_found{
    .code = "PH9022", .slug = "policy-code-found", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The policy does not let a finding pass", "策略不允许该发现通过"},
    .message = {"{place}: {code} {message}", "{place}：{code} {message}"},
    .cause = {"The finding's code is listed, or its severity is at or above what fails.", "该代码已列出，或其严重程度达到失败阈值。"},
    .remedy = {"Follow the finding's remedy, or add a waiver with reason and end.", "按该发现的处理方法操作，或添加带理由与期限的豁免。"},
    .example = "pharos doctor build.log --fail-on warning"};

inline constexpr Diagnostic policy_budget_exceeded{
    .code = "PH9023", .slug = "policy-budget-exceeded", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A budget is exceeded", "超出预算"},
    .message = {"{budget} is {actual}; the policy allows {limit}", "{budget} 为 {actual}；策略允许 {limit}"},
    .cause = {"The figure in the log is worse than the policy allows.", "日志中的数值劣于策略所允许的范围。"},
    .remedy = {"Compare options, versions, fallbacks and layer times with the log of the last good build.", "与上次正常构建的日志比较选项、版本、回退与各层耗时。"},
    .example = "a policy with latency_p99_ms = 12 and a log with 47 ms"};

inline constexpr Diagnostic policy_budget_unknown{
    .code = "PH9024", .slug = "policy-budget-unknown", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A budget cannot be checked", "无法检查预算"},
    .message = {"the log does not tell {budget}", "日志未给出 {budget}"},
    .cause = {"The log has no performance summary, profile or memory line to take the figure from.", "日志中没有可取得该数值的性能汇总、剖析或内存行。"},
    .remedy = {"Capture the whole log (trtexec prints latency at its end, memory with [MemUsageChange]; --dumpProfile for layers), or take the budget out.",
               "捕获完整日志（trtexec 在结尾打印延迟，以 [MemUsageChange] 打印内存；逐层信息需 --dumpProfile），或移除该预算。"},
    .example = "a latency budget and a log of a build with --skipInference"};

inline constexpr Diagnostic policy_waived{
    .code = "PH9025", .slug = "policy-waived", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A waiver let a finding pass", "豁免使发现通过"},
    .message = {"{code} passes until {expires}: {reason}", "{code} 在 {expires} 之前通过：{reason}"},
    .cause = {"The policy has a waiver for it.", "策略中有对应的豁免。"},
    .remedy = {"Remove the cause before the waiver ends.", "请在豁免到期前消除原因。"},
    .example = "a [[waiver]] for PH9401"};

inline constexpr Diagnostic policy_waiver_expired{
    .code = "PH9026", .slug = "policy-waiver-expired", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A waiver has ended", "豁免已到期"},
    .message = {"the waiver for {code} ended on {expires} ({reason})", "{code} 的豁免已于 {expires} 到期（{reason}）"},
    .cause = {"The day up to which the finding might pass is over.", "允许通过的期限已过。"},
    .remedy = {"Remove the cause, or decide anew and set a later end.", "消除原因，或重新评估并设置更晚的期限。"},
    .example = "a [[waiver]] with expires = 2020-01-01"};

inline constexpr Diagnostic child_failed{
    .code = "PH9031", .slug = "child-not-started", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A command cannot be started", "无法启动命令"},
    .message = {"cannot start '{command}': {reason}", "无法启动“{command}”：{reason}"},
    .cause = {"The program is not on the PATH, may not be executed, or the system has no room for a process.", "程序不在 PATH 中、没有执行权限，或系统无法再创建进程。"},
    .remedy = {"Check the name; give the whole path.", "请检查名称，或给出完整路径。"},
    .example = "pharos doctor -- no-such-program"};

inline constexpr Diagnostic metrics_port{
    .code = "PH9032", .slug = "metrics-port-taken", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The metrics page cannot be served", "无法提供指标页面"},
    .message = {"cannot listen on {address}:{port}", "无法监听 {address}:{port}"},
    .cause = {"Another program listens there, or the port is not allowed for this user.", "该端口已被占用，或当前用户无权使用。"},
    .remedy = {"Choose another port with --metrics.", "请用 --metrics 选择其他端口。"},
    .example = "pharos doctor --follow build.log --metrics 80"};

inline constexpr std::array policy_entries{&policy_invalid, &policy_code_found, &policy_budget_exceeded, &policy_budget_unknown,
                                           &policy_waived, &policy_waiver_expired, &child_failed, &metrics_port};

}  // namespace pharos::diag
