# Filled in with the public library; see src/builder.
