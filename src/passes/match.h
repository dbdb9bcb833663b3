#pragma once
// Questions about the surroundings of a node, for writing patterns. Nothing here changes the graph.

#include <optional>
#include <utility>

#include "graph/graph.h"

namespace pharos::passes {

DType dtype_of(const Graph& g, ValueId v);            // undefined where not known
std::optional<int> rank_of(const Graph& g, ValueId v);
std::optional<int64_t> dim_of(const Graph& g, ValueId v, int axis);  // negative axes count from the end
std::optional<Shape> shape_of(const Graph& g, ValueId v);
bool same_shape(const Graph& g, ValueId a, ValueId b);  // known to be equal, symbolic dims included
bool same_shape(const Shape& a, const Shape& b);
bool same_type(const Graph& g, ValueId a, ValueId b);   // dtype and shape
// As many elements in one as in the other whatever the symbols are: a Reshape from one to the other cannot fail.
bool same_count(const Shape& a, const Shape& b);

// The node that computes `v`, if it is such an operator; whoever else reads `v`.
const Node* made_by(const Graph& g, ValueId v, std::string_view op, std::string_view domain = "");
bool read_once(const Graph& g, ValueId v);  // by one node, and not a graph output
// Looks through Identity, and through casts between floating-point types.
ValueId behind_casts(const Graph& g, ValueId v);

// The value of a constant with one element (whatever its rank), also behind Identity and Reshape.
std::optional<double> scalar_of(const Graph& g, ValueId v);
// The elements of a constant integer tensor.
std::optional<std::vector<int64_t>> ints_of(const Graph& g, ValueId v);
// Relative tolerance for recognising a number such as sqrt(2) in a type.
double tolerance_for(DType t);
bool near(double value, double expected, double tolerance = 1e-5);

// A binary node with one operand that is a constant of one element and does not raise the rank of the other.
struct WithScalar { ValueId x; double c; bool constant_first; };
std::optional<WithScalar> with_scalar(const Graph& g, const Node& n);
// The operand of a commutative binary node that is not `v`; nothing if `v` is no operand.
std::optional<ValueId> other_operand(const Node& n, ValueId v);

// A tree of Mul (and Div by constants, Neg) as a constant and the factors, repeated ones included.
// Inner nodes must be read once.
struct Product { double c = 1; std::vector<ValueId> factors; std::vector<NodeId> nodes; };
Product product_of(const Graph& g, ValueId v, size_t max_factors = 6);
// x + c, if `v` is that.
std::optional<WithScalar> sum_with_scalar(const Graph& g, ValueId v);
// x to the power n (a whole number): Pow with a constant exponent, products of equal factors.
bool is_power(const Graph& g, ValueId v, ValueId x, int n);

// Axes of a reduction (as input or attribute), normalised and sorted; nothing where not constant or the rank is
// unknown.
std::optional<std::vector<int64_t>> reduced_axes(const Graph& g, const Node& n);
// Permutation of a Transpose (default: reversed); nothing where the rank is unknown.
std::optional<std::vector<int64_t>> permutation(const Graph& g, const Node& n);

// The nodes that compute `root` from the `stops`, root left out, inputs first (at most 32): what a pattern absorbs.
std::vector<NodeId> between(const Graph& g, NodeId root, std::initializer_list<ValueId> stops);

bool is_scalar_like(const Tensor& t);  // one element
// A constant as one number for each of `count` channels, if it broadcasts along nothing but `axis` of a tensor of
// `rank` (or is one number).
std::optional<std::vector<double>> per_channel(const Tensor& t, int rank, int axis, int64_t count);

}  // namespace pharos::passes
