"""What people do, as verbs: load, ask permission, act, record, flush. The edge (a page, a command) commits once."""
