package jobray.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.document.Document;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.util.Version;

/**
 * Registers a workload's alerts in Lucene Monitor, matches its postings one at a time, prints JSON.
 *
 * <p>Arguments: the workload's folder, the file for the matches, warm-up passes, timed passes. Two
 * ways of matching take turns: Lucene's own matcher and {@link LeanMatcher}. The file holds, posting
 * after posting, the ordinals of the alerts that match as little-endian uint32, ascending; how many
 * each posting has is {@code counts} in the JSON.
 */
public final class Bench {
  private Bench() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 4) {
      throw new IllegalArgumentException("expected: FOLDER MATCHES_FILE WARM PASSES");
    }
    int warm = Integer.parseInt(arguments[2]);
    int passes = Integer.parseInt(arguments[3]);
    Workload workload = Workload.read(Path.of(arguments[0]));
    List<Document> postings = workload.postings().stream().map(AtomStream::document).toList();
    long begun = System.nanoTime();
    try (Rival rival = new Rival(workload.alerts(), workload.frequencies())) {
      double buildSeconds = (System.nanoTime() - begun) / 1e9;
      workload = null; // what the heap holds from here on is Lucene's
      Timing simple = new Timing("simple", QueryMatch.SIMPLE_MATCHER, passes, postings.size());
      Timing lean = new Timing("lean", LeanMatcher::new, passes, postings.size());
      for (int pass = -warm; pass < passes; pass++) {
        simple.run(rival, postings, pass);
        lean.run(rival, postings, pass);
      }
      lean.mustAgreeWith(simple);
      write(simple.matches, Path.of(arguments[1]));
      System.out.println(json(buildSeconds, heapMegabytes(), simple, lean));
    }
  }

  private static void write(int[][] matches, Path file) throws IOException {
    int total = Arrays.stream(matches).mapToInt(found -> found.length).sum();
    ByteBuffer bytes = ByteBuffer.allocate(total * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int[] found : matches) {
      for (int ordinal : found) {
        bytes.putInt(ordinal);
      }
    }
    Files.write(file, bytes.array());
  }

  private static double heapMegabytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) / 1e6;
  }

  private static String json(double buildSeconds, double heap, Timing simple, Timing lean) {
    int[] counts = Arrays.stream(simple.matches).mapToInt(found -> found.length).toArray();
    return "{\"lucene\": \"%s\", \"jdk\": \"%s\", \"build_s\": %s, \"heap_mb\": %s, "
            .formatted(Version.LATEST, Runtime.version(), buildSeconds, heap)
        + "\"total\": %d, \"counts\": %s, \"simple\": %s, \"lean\": %s}"
            .formatted(
                Arrays.stream(counts).sum(),
                Arrays.toString(counts),
                Arrays.deepToString(simple.nanoseconds),
                Arrays.deepToString(lean.nanoseconds));
  }
}
