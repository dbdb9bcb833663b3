#include "findings/condition_text.h"

#include <iterator>

#include "findings/judging.h"

namespace pharos {
namespace {

// From the special to the general: a condition such as "bindings[x] != nullptr" has to meet its own row first.
constexpr ConditionMeaning table[] = {
    {"isValidDims",
     {"The dimensions hold a value that is not allowed here: 0, below -1, or more than 8 of them; -1 is for explicit batch only.", "维度中含有不允许的值：0、小于 -1，或超过 8 维；-1 仅可用于显式批。"},
     {"Print the dimensions before the call.", "在调用之前打印维度。"}},
    {"volume(",
     {"The number of elements does not fit the shape.", "元素数量与形状不符。"},
     {"Compare weights.size with the product of the dimensions.", "将 weights.size 与各维度乘积比较。"}},
    {"weights.count",
     {"The number of weights does not fit the shape of the layer, or weights are missing.", "权重数量与层的形状不符，或缺少权重。"},
     {"Compare the count of the weights with inputs times outputs times kernel size.", "将权重数量与输入通道、输出通道、卷积核大小之积比较。"}},
    {"profileIndex",
     {"The number of the optimisation profile is outside of what the engine has.", "优化配置的编号超出引擎已有的范围。"},
     {"Ask engine.num_optimization_profiles; numbers start at 0.", "查询 engine.num_optimization_profiles；编号从 0 开始。"}},
    {"nbDims",
     {"The tensor has another number of dimensions than the layer takes.", "张量的维数与该层要求不符。"},
     {"Print the dimensions of each input; add or remove some with a shuffle layer (network.add_shuffle).", "打印各输入的维度；用 shuffle 层（network.add_shuffle）增减维度。"}},
    {"getFlag(",
     {"A flag of the builder contradicts this call or another flag.", "构建器的某个标志与此调用或其他标志冲突。"},
     {"Clear or set the flag that the condition names: config.clear_flag, config.set_flag.", "清除或设置条件所指的标志：config.clear_flag、config.set_flag。"}},
    {"usingStronglyTyped",
     {"Types of a strongly typed network come from its tensors and cannot be set.", "强类型网络的类型由张量决定，不能设置。"},
     {"Leave the call out and cast in the network (add_cast), or build weakly typed (up to 10).", "删去该调用并在网络中转换类型（add_cast），或以弱类型构建（10 及以前）。"}},
    {"implicitBatch",
     {"The call is for the other kind of batch, implicit or explicit.", "该调用属于另一种批方式（隐式或显式）。"},
     {"With explicit batch use execute_v2 or execute_async_v3 and give the batch by the shape.", "显式批请使用 execute_v2 或 execute_async_v3，并通过形状给出批大小。"}},
    {"nullptr",
     {"A pointer is null: an object that an earlier call did not make, or a buffer that was not given.", "指针为空：先前的调用没有创建出对象，或没有提供缓冲区。"},
     {"Test the result of each call before; the first that returned null is the one to repair.", "检查此前每个调用的返回值；首个返回空的调用即为问题所在。"}},
    {"dtype",
     {"The type of a tensor or of weights is not one that the call takes.", "张量或权重的类型不被该调用接受。"},
     {"Print the types of the inputs; add a cast layer.", "打印各输入的类型；添加 cast 层。"}},
    {"DataType",
     {"The type of a tensor or of weights is not one that the call takes.", "张量或权重的类型不被该调用接受。"},
     {"Print the types of the inputs; add a cast layer.", "打印各输入的类型；添加 cast 层。"}},
    {"nbInputs",
     {"The number or the index of inputs is outside of what the layer takes.", "输入的数量或序号超出该层的范围。"},
     {"Compare the number of inputs with the layer's documentation.", "将输入数量与该层文档比较。"}},
    {"name",
     {"A name is empty, too long, taken already, or no name of this network or engine.", "名称为空、过长、已被占用，或不属于该网络或引擎。"},
     {"List the names: engine.get_tensor_name(i) for all i, network.get_input(i).name.", "列出名称：对所有 i 调用 engine.get_tensor_name(i)、network.get_input(i).name。"}},
    {"index",
     {"An index is out of range.", "序号超出范围。"},
     {"Compare it with the number that the object tells (num_inputs, num_io_tensors, num_layers).", "与对象给出的数量比较（num_inputs、num_io_tensors、num_layers）。"}},
    {"size",
     {"A size is negative, zero, or above what is there.", "大小为负、为零，或超过可用量。"},
     {"Print the value before the call; limits of memory pools are in bytes in the API.", "在调用前打印该值；API 中内存池上限的单位是字节。"}},
    {"type",
     {"A type is not one that the call takes.", "类型不被该调用接受。"},
     {"Print the types of the inputs; add a cast layer.", "打印各输入的类型；添加 cast 层。"}},
    {" >= ",
     {"A number is below its lower limit.", "数值低于下限。"}, {"Print the value before the call.", "在调用前打印该值。"}},
    {" <= ",
     {"A number is above its upper limit.", "数值高于上限。"}, {"Print the value before the call.", "在调用前打印该值。"}},
    {" > ", {"A number is not above its limit.", "数值未超过下限。"}, {"Print the value before the call.", "在调用前打印该值。"}},
    {" < ", {"A number is not below its limit.", "数值未低于上限。"}, {"Print the value before the call.", "在调用前打印该值。"}},
    {" == ",
     {"Two quantities that belong together differ.", "应当一致的两个量不相等。"}, {"Print both sides of the condition before the call.", "在调用前打印条件两侧的值。"}},
    {"",
     {"The condition named in the message is not met.", "消息中所示的条件不满足。"},
     {"Read the condition: it names the member or argument that is wrong.", "查看条件：它指出有误的成员或参数。"}}};

}  // namespace

const ConditionMeaning& meaning_of(std::string_view condition) {
  for (const ConditionMeaning& m : table) {
    if (icontains(condition, m.words)) return m;
  }
  return *std::rbegin(table);
}

}  // namespace pharos
