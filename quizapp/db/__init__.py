"""Tables (typed models, names end in Row) and the questions asked of them. One file a subject, as in every layer."""
