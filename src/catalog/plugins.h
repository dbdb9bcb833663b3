#pragma once
// PH23xx and PH502x: plugins with operators of their own, and engines that need them.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic plugin_not_loaded{
    .code = "PH2301", .slug = "plugin-not-loaded", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"A plugin could not be loaded", "无法加载插件"},
    .message = {"plugin '{path}' cannot be loaded: {details}", "无法加载插件“{path}”：{details}"},
    .cause = {"The file is no shared library for this machine, or a library that it needs is missing.",
              "该文件不是适用于本机的共享库，或缺少其依赖的库。"},
    .remedy = {"Build it for this machine with -shared -fPIC; 'ldd FILE' shows libraries that are missing.",
               "请用 -shared -fPIC 为本机构建；ldd FILE 可显示缺少的库。"},
    .example = "pharos build model.onnx --plugin photo.jpg"};

inline constexpr Diagnostic plugin_no_entry{
    .code = "PH2302", .slug = "plugin-no-entry", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"A library is not a plugin of Pharos", "该库不是 Pharos 插件"},
    .message = {"'{path}' does not export {symbol}", "“{path}”未导出 {symbol}"},
    .cause = {"It is another library (a plugin of TensorRT or ONNX Runtime, say), or the function is hidden or has a "
              "C++ name.",
              "这是其他库（例如 TensorRT 或 ONNX Runtime 的插件），或该函数被隐藏、带有 C++ 修饰名。"},
    .remedy = {"Write an adapter with pharos/plugin.h; declare the function as the header does (PHAROS_PLUGIN_EXPORT, "
               "extern \"C\").",
               "请用 pharos/plugin.h 编写适配层，并按头文件的方式声明该函数（PHAROS_PLUGIN_EXPORT、extern \"C\"）。"},
    .example = "pharos build model.onnx --plugin libnvinfer_plugin.so"};

inline constexpr Diagnostic plugin_abi{
    .code = "PH2303", .slug = "plugin-abi", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"A plugin was made for another interface version", "插件面向其他接口版本"},
    .message = {"plugin '{path}' needs version {needs} of the plugin interface; this Pharos has {here}",
                "插件“{path}”需要插件接口版本 {needs}；当前 Pharos 为 {here}"},
    .cause = {"The plugin was built with the header of a newer or incompatible Pharos.",
              "插件是用较新或不兼容的 Pharos 头文件构建的。"},
    .remedy = {"Use the Pharos it was made for, or build the plugin again with the header of this one.",
               "请使用插件所面向的 Pharos 版本，或用当前版本的头文件重新构建插件。"},
    .example = "a plugin whose table says abi 2.0"};

inline constexpr Diagnostic plugin_malformed{
    .code = "PH2304", .slug = "plugin-malformed", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"A plugin describes itself wrongly", "插件的描述有误"},
    .message = {"plugin '{path}': {details}", "插件“{path}”：{details}"},
    .cause = {"A table of the plugin does not keep the rules of pharos/plugin.h.",
              "插件的某个表不符合 pharos/plugin.h 的规则。"},
    .remedy = {"Correct the plugin; 'pharos plugin-check FILE' checks all of it.",
               "请修正插件；pharos plugin-check FILE 可全面检查。"},
    .example = "an operator whose run is NULL"};

inline constexpr Diagnostic plugin_declined{
    .code = "PH2305", .slug = "plugin-declined", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"A plugin refuses to work with this version", "插件拒绝在此版本下工作"},
    .message = {"plugin '{path}' returned no table: it does not work with Pharos {host}",
                "插件“{path}”未返回表：它不支持 Pharos {host}"},
    .cause = {"The plugin looked at the version of the host and gave up, or could not set itself up.",
              "插件检查宿主版本后放弃，或无法完成自身初始化。"},
    .remedy = {"Ask its maker which versions it works with.", "请向插件作者确认其支持的版本。"},
    .example = "a plugin that needs functions of a newer Pharos"};

inline constexpr Diagnostic plugin_operator_taken{
    .code = "PH2306", .slug = "plugin-operator-taken", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"A plugin brings an operator that is there already", "插件提供的算子已存在"},
    .message = {"plugin '{plugin}' ({path}) defines operator {op}, which {owner} defines already",
                "插件“{plugin}”（{path}）定义了算子 {op}，而 {owner} 已定义该算子"},
    .cause = {"Two plugins bring the same operator, or a plugin tries to replace an operator of ONNX; which one counts "
              "would be chance.",
              "两个插件提供了同一算子，或插件试图替换 ONNX 算子；哪个生效将不确定。"},
    .remedy = {"Load only one of them, or give the plugin's operator a domain and name of its own.",
               "只加载其中一个，或为插件算子使用独立的域与名称。"},
    .example = "a plugin that defines Relu in the domain ai.onnx"};

inline constexpr Diagnostic plugin_name_taken{
    .code = "PH2307", .slug = "plugin-name-taken", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"Two plugins have the same name", "两个插件同名"},
    .message = {"plugin '{plugin}' is in '{first}' and in '{second}'", "插件“{plugin}”同时存在于“{first}”与“{second}”"},
    .cause = {"Two versions of a plugin were named, or two plugins were given one name.",
              "指定了同一插件的两个版本，或两个插件使用了同一名称。"},
    .remedy = {"Name only one of the two files.", "只指定其中一个文件。"},
    .example = "pharos build model.onnx --plugin a/libx.so --plugin b/libx.so"};

inline constexpr Diagnostic plugin_failed{
    .code = "PH2308", .slug = "plugin-failed", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"A plugin's operator reports an error", "插件算子报告错误"},
    .message = {"{op} '{node}' (plugin {plugin} {version}, {phase}): {details}",
                "{op}“{node}”（插件 {plugin} {version}，{phase}）：{details}"},
    .cause = {"The operator does not accept the node's attributes, shapes or values.",
              "该算子不接受节点的属性、形状或取值。"},
    .remedy = {"Change what the message names; the plugin's documentation says what is allowed.",
               "请修改消息所指出的内容；插件文档说明了允许的范围。"},
    .example = "a TopRows with k larger than the number of rows"};

inline constexpr Diagnostic plugin_broke_rules{
    .code = "PH2309", .slug = "plugin-broke-rules", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"A plugin's operator does not keep the rules", "插件算子违反规则"},
    .message = {"{op} '{node}' (plugin {plugin} {version}, {phase}) breaks the rules of plugins: {details}",
                "{op}“{node}”（插件 {plugin} {version}，{phase}）违反插件规则：{details}"},
    .cause = {"A fault of the plugin: its results cannot be used.", "插件存在缺陷：其结果不可用。"},
    .remedy = {"Correct the plugin; 'pharos plugin-check FILE' finds such faults.",
               "请修正插件；pharos plugin-check FILE 可发现此类缺陷。"},
    .example = "an operator whose infer sets no output"};

inline constexpr Diagnostic plugin_check_failed{
    .code = "PH2310", .slug = "plugin-check-failed", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"The test kit found faults in a plugin", "测试工具发现插件存在缺陷"},
    .message = {"plugin '{path}': {count} of {all} checks failed", "插件“{path}”：{all} 项检查中有 {count} 项失败"},
    .cause = {"Each fault is listed above with the operator and the case.", "上方列出了每项缺陷所在的算子与用例。"},
    .remedy = {"Correct the plugin and check it again.", "请修正插件后重新检查。"},
    .example = "pharos plugin-check libfaulty.so"};

inline constexpr Diagnostic plugin_case_invalid{
    .code = "PH2311", .slug = "plugin-case-invalid", .severity = Severity::Error, .layer = Layer::Graph, .since = "0.1",
    .title = {"A case for the test kit cannot be read", "无法读取测试工具的用例"},
    .message = {"case '{case}': {details}", "用例“{case}”：{details}"},
    .cause = {"The case is not of the form OPERATOR INPUT... [| ATTRIBUTE=VALUE...], or no plugin has the operator.",
              "用例不符合 算子 输入... [| 属性=值...] 的形式，或没有插件提供该算子。"},
    .remedy = {"Write it like: com.example::TopRows f32[5,3] | k=2",
               "请按如下形式书写：com.example::TopRows f32[5,3] | k=2"},
    .example = "pharos plugin-check libx.so --case 'Unknown f32[2]'"};

inline constexpr Diagnostic engine_plugin_missing{
    .code = "PH5020", .slug = "engine-plugin-missing", .severity = Severity::Error, .layer = Layer::Engine, .since = "0.1",
    .title = {"An engine needs a plugin that was not named", "引擎需要的插件未指定"},
    .message = {"the engine needs plugin '{plugin}' {version} for {operators}; plugins named: {given}",
                "引擎需要插件“{plugin}” {version}（用于 {operators}）；已指定的插件：{given}"},
    .cause = {"The engine was built with operators of a plugin. Engines never load code by themselves.",
              "该引擎使用了插件算子。引擎从不自行加载代码。"},
    .remedy = {"Name the library: --plugin FILE, or LoadOptions::plugins in the API.",
               "请指定该库：--plugin FILE，或 API 中的 LoadOptions::plugins。"},
    .example = "pharos run model.engine without the --plugin it was built with"};

inline constexpr Diagnostic engine_plugin_version{
    .code = "PH5021", .slug = "engine-plugin-version", .severity = Severity::Error, .layer = Layer::Engine, .since = "0.1",
    .title = {"A plugin does not fit the engine", "插件与引擎不匹配"},
    .message = {"the engine was built with plugin '{plugin}' {version}; {path} is {here}",
                "引擎使用插件“{plugin}” {version} 构建；{path} 的版本为 {here}"},
    .cause = {"The plugin is older than the one the engine was built with, or of another major version.",
              "插件版本旧于构建引擎时的版本，或主版本号不同。"},
    .remedy = {"Use the plugin of the build (or a newer one of the same major version), or build the engine again.",
               "请使用构建时的插件（或同一主版本的较新插件），或重新构建引擎。"},
    .example = "an engine built with version 2.0.0 of a plugin, run with 1.4.0"};

inline constexpr std::array plugin_entries{
    &plugin_not_loaded,     &plugin_no_entry,       &plugin_abi,           &plugin_malformed,   &plugin_declined,
    &plugin_operator_taken, &plugin_name_taken,     &plugin_failed,        &plugin_broke_rules, &plugin_check_failed,
    &plugin_case_invalid,   &engine_plugin_missing, &engine_plugin_version};

}  // namespace pharos::diag
