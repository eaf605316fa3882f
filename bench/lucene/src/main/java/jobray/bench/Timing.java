package jobray.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.document.Document;
import org.apache.lucene.monitor.MatcherFactory;
import org.apache.lucene.monitor.MatchingQueries;
import org.apache.lucene.monitor.QueryMatch;

/**
 * One way of matching: what it took (nanoseconds per pass and posting) and what it found.
 *
 * <p>Timed is {@code Monitor.match} alone: it indexes the posting in memory, collects the
 * candidates and runs them. Building the posting's tokens and reading the ids out is not.
 */
final class Timing {
  final String name;
  final long[][] nanoseconds;
  final int[][] matches;
  private final MatcherFactory<QueryMatch> matcher;

  Timing(String name, MatcherFactory<QueryMatch> matcher, int passes, int postings) {
    this.name = name;
    this.matcher = matcher;
    nanoseconds = new long[passes][postings];
    matches = new int[postings][];
  }

  /** Match each posting once; a negative {@code pass} is a warm-up and leaves nothing behind. */
  void run(Rival rival, List<Document> postings, int pass) throws IOException {
    for (int posting = 0; posting < postings.size(); posting++) {
      long begun = System.nanoTime();
      MatchingQueries<QueryMatch> found = rival.match(postings.get(posting), matcher);
      long took = System.nanoTime() - begun;
      if (pass >= 0) {
        nanoseconds[pass][posting] = took;
        matches[posting] = Rival.ordinals(found);
      }
    }
  }

  /** Fail where {@code other} found anything else. */
  void mustAgreeWith(Timing other) {
    for (int posting = 0; posting < matches.length; posting++) {
      if (!Arrays.equals(matches[posting], other.matches[posting])) {
        throw new IllegalStateException(
            "posting " + posting + ": " + name + " and " + other.name + " found different alerts");
      }
    }
  }
}
