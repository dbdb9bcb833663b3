#pragma once
// PH2xxx: graph, operators and passes.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic graph_invalid{
    .code = "PH2001", .slug = "graph-invalid", .severity = Severity::InternalError, .layer = Layer::Graph, .since = "0.1",
    .title = {"The graph breaks a rule of the intermediate representation", "计算图违反了中间表示的规则"},
    .message = {"graph '{graph}': {details}", "计算图“{graph}”：{details}"},
    .cause = {"A pass or the importer produced a graph that is not legal. This is a defect in Pharos.",
              "某个优化过程或导入器生成了不合法的计算图，这是 Pharos 的缺陷。"},
    .remedy = {"Build with --disable-pass for the pass named in the message, and report the model.",
               "用 --disable-pass 关闭消息中提到的优化过程后重新构建，并反馈该模型。"},
    .example = "a pass that leaves a value without producer"};

inline constexpr Diagnostic graph_text_invalid{
    .code = "PH2002", .slug = "graph-text-invalid", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"The text form of a graph cannot be read", "无法读取计算图的文本形式"},
    .message = {"line {line}, column {column}: {details}", "第 {line} 行第 {column} 列：{details}"},
    .cause = {"The text is not what 'pharos graph' prints.", "该文本不符合 pharos graph 的输出格式。"},
    .remedy = {"Compare the named line with the grammar in docs/graph-text.md.", "请将所指的行与 docs/graph-text.md 中的语法对照。"},
    .example = "pharos graph broken.txt"};

inline constexpr Diagnostic op_attribute_invalid{
    .code = "PH2101", .slug = "op-attribute-invalid", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"An attribute has a value the operator does not allow", "属性值不被算子允许"},
    .message = {"{op} '{node}': attribute '{attribute}' is {actual}; expected {expected}",
                "{op}“{node}”：属性“{attribute}”为 {actual}，应为 {expected}"},
    .cause = {"The exporter wrote a value outside the operator's specification, or the file is damaged.",
              "导出工具写入了超出算子规范的值，或文件已损坏。"},
    .remedy = {"Export the model again with a current exporter; run onnx.checker on it.",
               "使用最新的导出工具重新导出模型，并用 onnx.checker 检查。"},
    .example = "a Softmax with axis 7 on a 4-D input"};

inline constexpr Diagnostic op_input_invalid{
    .code = "PH2102", .slug = "op-input-invalid", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"An input has a type or rank the operator does not allow", "输入的类型或秩不被算子允许"},
    .message = {"{op} '{node}': input {index} is {actual}; expected {expected}",
                "{op}“{node}”：输入 {index} 为 {actual}，应为 {expected}"},
    .cause = {"The model connects a tensor of another type, rank or count than the operator takes.",
              "模型连接的张量类型、秩或数量与算子要求不符。"},
    .remedy = {"Check the node that produces the input; export the model again with a current exporter.",
               "检查产生该输入的节点，并使用最新的导出工具重新导出模型。"},
    .example = "a Conv whose weight has 2 dimensions"};

inline constexpr Diagnostic op_shapes_mismatch{
    .code = "PH2103", .slug = "op-shapes-mismatch", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"Shapes of a node's inputs do not fit together", "节点各输入的形状不匹配"},
    .message = {"{op} '{node}': {details}", "{op}“{node}”：{details}"},
    .cause = {"The model was exported for other input shapes, or a hard-coded shape contradicts the real one.",
              "模型是按其他输入形状导出的，或写死的形状与实际不符。"},
    .remedy = {"Run with the shapes the model was exported for, or export it with dynamic axes.",
               "使用导出模型时的形状运行，或以动态轴重新导出。"},
    .example = "an Add of shapes 2x3 and 4x3"};

inline constexpr Diagnostic op_index_out_of_range{
    .code = "PH2104", .slug = "op-index-out-of-range", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"An index tensor points outside the data", "索引张量越界"},
    .message = {"{op} '{node}': input {index} holds {value}; allowed {low} to {high}",
                "{op}“{node}”：输入 {index} 含有 {value}，允许范围为 {low} 到 {high}"},
    .cause = {"The indices come from data that does not fit the model (a token beyond the vocabulary, say).",
              "索引来自与模型不符的数据（例如超出词表的词元）。"},
    .remedy = {"Check the data that is fed to the model against the allowed range.", "请按允许范围检查输入模型的数据。"},
    .example = "a Gather of row 30522 from a table of 30522 rows"};

inline constexpr Diagnostic op_value_invalid{
    .code = "PH2105", .slug = "op-value-invalid", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"The contents of an input are not allowed", "输入内容不被允许"},
    .message = {"{op} '{node}': input {index} holds {actual}; expected {expected}",
                "{op}“{node}”：输入 {index} 的内容为 {actual}，应为 {expected}"},
    .cause = {"A size, axis, repeat or permutation given as a tensor is outside what the operator allows.",
              "以张量给出的尺寸、轴、重复次数或排列超出算子允许的范围。"},
    .remedy = {"Follow the input back to where it is computed; check the data fed to the model.",
               "追溯该输入的计算来源，并检查输入模型的数据。"},
    .example = "a Reshape to [2,-1,-1]"};

inline constexpr Diagnostic op_case_unsupported{
    .code = "PH2106", .slug = "op-case-unsupported", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"Pharos does not compute this case of the operator", "Pharos 不支持算子的这种用法"},
    .message = {"{op} '{node}': {details}", "{op}“{node}”：{details}"},
    .cause = {"The model is legal, but it uses a combination of types or options that is not implemented.",
              "模型合法，但使用了尚未实现的类型或选项组合。"},
    .remedy = {"See the notes of the operator in 'pharos list ops'; rewrite the node with supported operators.",
               "查看 pharos list ops 中该算子的说明，并用受支持的算子改写该节点。"},
    .example = "a RegexFullMatch with a look-ahead"};

inline constexpr Diagnostic op_too_large{
    .code = "PH2107", .slug = "op-too-large", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"A node asks for more than the limits allow", "节点请求的资源超出限制"},
    .message = {"{op} '{node}': {what} needs {requested}; the limit is {limit}",
                "{op}“{node}”：{what} 需要 {requested}，限制为 {limit}"},
    .cause = {"A size in the model or in its inputs makes a result much larger than its operands, or overflows.",
              "模型或输入中的尺寸使结果远大于操作数，或发生溢出。"},
    .remedy = {"Check the sizes fed to the model; raise --max-tensor-bytes or --max-memory if they are right.",
               "检查输入模型的尺寸；若确实需要，请提高 --max-tensor-bytes 或 --max-memory。"},
    .example = "an Expand of a scalar to 1000000x1000000"};

inline constexpr Diagnostic op_unknown{
    .code = "PH2108", .slug = "op-unknown", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"An operator is not supported", "不支持的算子"},
    .message = {"operator {op} (opset {opset}) is not supported; used by {count} node(s): {nodes}",
                "不支持算子 {op}（opset {opset}）；共有 {count} 个节点使用：{nodes}"},
    .cause = {"The operator is from a custom domain, or newer than this version of Pharos.",
              "该算子来自自定义域，或新于当前版本的 Pharos。"},
    .remedy = {"Export with standard operators or an older opset; 'pharos list ops' shows what is supported.",
               "请用标准算子或较旧的 opset 导出；pharos list ops 可列出受支持的算子。"},
    .example = "a model with com.example::Foo"};

inline constexpr Diagnostic op_opset_unsupported{
    .code = "PH2109", .slug = "op-opset-unsupported", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"An operator does not exist in the opset the model imports", "模型导入的 opset 中不存在该算子"},
    .message = {"{op} '{node}': not defined in opset {opset}; first defined in {since}",
                "{op}“{node}”：opset {opset} 中未定义，最早定义于 {since}"},
    .cause = {"The model declares an opset older than the operators it uses.", "模型声明的 opset 早于所用算子。"},
    .remedy = {"Correct the opset import, or export the model again.", "修正 opset 声明，或重新导出模型。"},
    .example = "a LayerNormalization in an opset 12 model"};

inline constexpr Diagnostic input_type_mismatch{
    .code = "PH2110", .slug = "input-type-mismatch", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"A value given to the model does not fit its declared input", "输入值与模型声明的输入不符"},
    .message = {"input '{input}' is {actual}; the model declares {expected}", "输入“{input}”为 {actual}，模型声明为 {expected}"},
    .cause = {"The element type, rank or a fixed dimension differs.", "元素类型、秩或某个固定维度不同。"},
    .remedy = {"Convert or reshape the data; 'pharos inspect' shows what the model takes.",
               "转换数据类型或形状；pharos inspect 可显示模型的输入要求。"},
    .example = "pharos run model.onnx --input x=wrong_shape.npy"};

inline constexpr Diagnostic pass_not_applied{
    .code = "PH2201", .slug = "pass-not-applied", .severity = Severity::Verbose, .layer = Layer::Graph, .since = "0.1",
    .title = {"An optimisation did not apply", "某项优化未能应用"},
    .message = {"{pass}: {op} '{node}': {why}", "{pass}：{op}“{node}”：{why}"},
    .cause = {"The node resembles a pattern that Pharos fuses, but a condition of the fusion does not hold.",
              "该节点与 Pharos 可融合的模式相似，但不满足融合条件。"},
    .remedy = {"Nothing needs to be done; if the node is expensive, export the model so that the condition holds.",
               "无需处理；若该节点开销较大，可调整模型导出方式使条件成立。"},
    .example = "a BatchNormalization after a Conv whose result is also a graph output"};

inline constexpr Diagnostic pass_unknown{
    .code = "PH2202", .slug = "pass-unknown", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"No optimisation pass has that name", "不存在该名称的优化过程"},
    .message = {"there is no pass '{name}'; did you mean {suggestion}?", "不存在优化过程“{name}”；您是否想用 {suggestion}？"},
    .cause = {"The name given to --disable-pass is misspelt or from another version.",
              "传给 --disable-pass 的名称拼写有误，或来自其他版本。"},
    .remedy = {"'pharos list passes' prints the names.", "使用 pharos list passes 查看所有名称。"},
    .example = "pharos build model.onnx --disable-pass fuse-batchnrom"};

inline constexpr Diagnostic pass_rounds_exceeded{
    .code = "PH2203", .slug = "pass-rounds-exceeded", .severity = Severity::Warning, .layer = Layer::Graph, .since = "0.1",
    .title = {"The optimisation passes did not come to rest", "优化过程未能收敛"},
    .message = {"the graph still changed after {rounds} rounds (last: {pass}); optimisation stops here",
                "经过 {rounds} 轮后计算图仍在变化（最后为 {pass}），优化到此停止"},
    .cause = {"Two passes undo each other's work, or the graph is unusually deep. The result is correct.",
              "两个优化过程相互抵消，或计算图异常深。结果仍然正确。"},
    .remedy = {"Report the model; --disable-pass with the named pass avoids the warning.",
               "请反馈该模型；用 --disable-pass 关闭所指的优化过程可避免此警告。"},
    .example = "a pass that swaps two nodes back and forth"};

inline constexpr Diagnostic pass_broke_graph{
    .code = "PH2204", .slug = "pass-broke-graph", .severity = Severity::InternalError, .layer = Layer::Graph, .since = "0.1",
    .title = {"An optimisation pass made an illegal graph", "优化过程产生了不合法的计算图"},
    .message = {"after pass {pass}: {details}", "优化过程 {pass} 之后：{details}"},
    .cause = {"A defect in the named pass.", "所指优化过程存在缺陷。"},
    .remedy = {"Build with --disable-pass and the name of the pass, and report the model.",
               "用 --disable-pass 关闭该优化过程后重新构建，并反馈该模型。"},
    .example = "a pass that erases a node whose result is still read"};

inline constexpr Diagnostic pass_changed_results{
    .code = "PH2205", .slug = "pass-changed-results", .severity = Severity::InternalError, .layer = Layer::Graph, .since = "0.1",
    .title = {"An optimisation pass changed what the graph computes", "优化过程改变了计算结果"},
    .message = {"after pass {pass}: {details}", "优化过程 {pass} 之后：{details}"},
    .cause = {"A defect in the named pass, or a graph whose results depend on rounding.",
              "所指优化过程存在缺陷，或计算结果对舍入敏感。"},
    .remedy = {"Build with --disable-pass and the name of the pass, and report the model.",
               "用 --disable-pass 关闭该优化过程后重新构建，并反馈该模型。"},
    .example = "the differential check of the tests"};

inline constexpr Diagnostic passes_cancelled{
    .code = "PH2206", .slug = "passes-cancelled", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"The optimisation was cancelled", "优化已取消"},
    .message = {"cancelled before pass {pass}", "在优化过程 {pass} 之前取消"},
    .cause = {"The application asked for it.", "应用程序请求取消。"},
    .remedy = {"Build again without cancelling.", "重新构建且不取消。"},
    .example = "Ctrl-C during a build"};

inline constexpr Diagnostic pass_summary{
    .code = "PH2207", .slug = "pass-summary", .severity = Severity::Verbose, .layer = Layer::Graph, .since = "0.1",
    .title = {"What an optimisation pass did", "优化过程的执行情况"},
    .message = {"{pass}: {rewrites} rewrite(s) in {milliseconds} ms", "{pass}：{rewrites} 次改写，用时 {milliseconds} 毫秒"},
    .cause = {"Part of the verbose output of a build.", "构建的详细输出的一部分。"},
    .remedy = {"Nothing needs to be done.", "无需处理。"},
    .example = "pharos build model.onnx --verbose"};

inline constexpr Diagnostic weights_dequantized{
    .code = "PH2208", .slug = "weights-dequantized", .severity = Severity::Info, .layer = Layer::Graph, .since = "0.1",
    .title = {"Quantised weights were expanded to floating point", "量化权重已展开为浮点数"},
    .message = {"{count} constant(s) behind DequantizeLinear were expanded to {bytes} bytes of floating point",
                "{count} 个经 DequantizeLinear 的常量已展开为 {bytes} 字节的浮点数"},
    .cause = {"The nodes that read them are computed in floating point; expanding once is faster than in every run.",
              "读取它们的节点以浮点计算；一次性展开比每次运行时展开更快。"},
    .remedy = {"To keep the weights small at the price of time, build with --disable-pass fold-constants.",
               "若希望以时间换取更小的权重，请用 --disable-pass fold-constants 构建。"},
    .example = "a QDQ model with int8 weights"};

inline constexpr std::array graph_entries{
    &graph_invalid, &graph_text_invalid, &op_attribute_invalid, &op_input_invalid, &op_shapes_mismatch, &op_index_out_of_range,
    &op_value_invalid, &op_case_unsupported, &op_too_large, &op_unknown, &op_opset_unsupported,
    &input_type_mismatch,
    &pass_not_applied, &pass_unknown, &pass_rounds_exceeded, &pass_broke_graph, &pass_changed_results, &passes_cancelled,
    &pass_summary, &weights_dequantized};

}  // namespace pharos::diag
