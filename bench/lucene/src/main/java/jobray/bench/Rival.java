package jobray.bench;

import java.io.Closeable;
import java.io.IOException;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import jobray.bench.Workload.Alert;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.monitor.MatcherFactory;
import org.apache.lucene.monitor.MatchingQueries;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.MultipassTermFilteredPresearcher;
import org.apache.lucene.monitor.QueryMatch;

/**
 * Lucene Monitor with every alert of a workload registered, in one segment.
 *
 * <p>The presearcher files an alert under the terms of its three rarest clauses, and a posting must
 * hit all three. Ids have a fixed width, so that the order of the alerts is the order of their doc
 * values and the candidates of one posting read those forwards.
 */
final class Rival implements Closeable {
  private static final int PASSES = 3;
  private static final int ID_DIGITS = 6;

  private final Monitor monitor;

  Rival(List<Alert> alerts, int[] frequencies) throws IOException {
    OneSegment configuration = new OneSegment();
    // The analyzer is never asked: postings arrive as tokens.
    monitor = new Monitor(new StandardAnalyzer(), presearcher(frequencies), configuration);
    try {
      monitor.register(asQueries(alerts, new Queries(frequencies.length)));
      configuration.merge(monitor);
    } catch (Throwable failure) {
      monitor.close(); // its purging thread would keep the program from ending
      throw failure;
    }
  }

  MatchingQueries<QueryMatch> match(Document posting, MatcherFactory<QueryMatch> matcher)
      throws IOException {
    MatchingQueries<QueryMatch> found = monitor.match(posting, matcher);
    if (!found.getErrors().isEmpty()) {
      throw new IllegalStateException("queries failed: " + found.getErrors());
    }
    return found;
  }

  /** The ordinals of the matching alerts, ascending. */
  static int[] ordinals(MatchingQueries<QueryMatch> found) {
    int[] ordinals = new int[found.getMatchCount()];
    int count = 0;
    for (QueryMatch match : found.getMatches()) {
      ordinals[count++] = HexFormat.fromHexDigits(match.getQueryId());
    }
    Arrays.sort(ordinals);
    return ordinals;
  }

  @Override
  public void close() throws IOException {
    monitor.close();
  }

  private static MultipassTermFilteredPresearcher presearcher(int[] frequencies) {
    return new MultipassTermFilteredPresearcher(
        PASSES, 0, Queries.rarity(frequencies), List.of(), Set.of());
  }

  /** Made one by one as the monitor asks for them: it keeps the queries, not this list. */
  private static List<MonitorQuery> asQueries(List<Alert> alerts, Queries queries) {
    return new AbstractList<>() {
      @Override
      public MonitorQuery get(int ordinal) {
        String id = HexFormat.of().toHexDigits(ordinal, ID_DIGITS);
        return new MonitorQuery(id, queries.of(alerts.get(ordinal)));
      }

      @Override
      public int size() {
        return alerts.size();
      }
    };
  }
}
