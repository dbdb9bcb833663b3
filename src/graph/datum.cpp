#include "graph/datum.h"

namespace pharos {

Type type_of(const Datum& d) {
  if (const Tensor* t = d.tensor()) return Type::tensor(t->dtype(), t->dims());
  if (const Sequence* s = d.sequence()) return Type::sequence(s->element);
  if (const Map* m = d.map()) return Type::map(m->keys.dtype(), Type::tensor(m->values.dtype(), Shape{}));
  if (const Optional* o = d.optional()) return Type::optional(o->element);
  return {};
}

}  // namespace pharos
