//! Two documents in, judgement out; knows no tagger.
