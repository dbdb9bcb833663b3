#pragma once
// Words that several formats print.

#include "pharos/diagnostics.h"

namespace pharos::words {

inline constexpr Text colon{": ", "："};
inline constexpr Text comma{", ", "，"};
// With places for fmt::runtime.
inline constexpr Text at_line{" (line {})", "（第 {} 行）"};
inline constexpr Text of_line{" (1 line)", "（共 1 行）"}, of_lines{" ({} lines)", "（共 {} 行）"};
inline constexpr Text run_of{"Run {}/{}, lines {}-{}", "第 {}/{} 次运行，第 {}-{} 行"};
inline constexpr Text in_brackets{" ({})", "（{}）"};
inline constexpr Text verdict{"Verdict", "结论"};
inline constexpr Text clean{"no problem found", "未发现问题"};
inline constexpr Text evidence{"Evidence", "证据"};
inline constexpr Text cause{"Cause", "原因"};
inline constexpr Text remedy{"Remedy", "处理方法"};
inline constexpr Text leads_to{"Led to", "由此导致"};
inline constexpr Text read_on{"Read on", "延伸阅读"};
inline constexpr Text notes{"Notes", "备注"};
inline constexpr Text more{"more", "更多"};
inline constexpr Text confidence{"confidence", "置信度"};
inline constexpr Text over_all{"Over all logs", "全部日志"};
inline constexpr Text log{"Log", "日志"};
inline constexpr Text gate{"Gate", "门禁"};
inline constexpr Text passed{"passed", "通过"};
inline constexpr Text failed{"failed", "未通过"};
inline constexpr Text waived{"waived", "已豁免"};
inline constexpr Text explain{"more: pharos explain", "详情：pharos explain"};
inline constexpr Text all_hint{"--all shows them in full", "--all 显示全文"};

}  // namespace pharos::words
