//! Many articles: parallel, in order, bounded memory; writes aside, then renames.
