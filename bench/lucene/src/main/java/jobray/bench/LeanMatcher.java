package jobray.bench;

import java.io.IOException;
import java.util.Map;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.monitor.CandidateMatcher;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;

/**
 * What {@link QueryMatch#SIMPLE_MATCHER} answers, for less: it asks a candidate's weight whether
 * the one document is in it, without rewriting the query, slices, tasks and a collector for each.
 *
 * <p>{@link Queries} builds only what is its own rewritten form, and a posting is one document.
 */
final class LeanMatcher extends CandidateMatcher<QueryMatch> {
  private final LeafReaderContext posting;

  LeanMatcher(IndexSearcher searcher) {
    super(searcher);
    posting = searcher.getLeafContexts().get(0);
  }

  @Override
  public void matchQuery(String id, Query query, Map<String, String> metadata) throws IOException {
    Scorer scorer = searcher.createWeight(query, ScoreMode.COMPLETE_NO_SCORES, 1).scorer(posting);
    if (scorer != null && scorer.iterator().nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
      addMatch(new QueryMatch(id), 0);
    }
  }

  @Override
  public QueryMatch resolve(QueryMatch first, QueryMatch second) {
    return first;
  }
}
