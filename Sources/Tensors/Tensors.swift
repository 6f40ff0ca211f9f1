// Landing soon: the first file of this module replaces this one.
