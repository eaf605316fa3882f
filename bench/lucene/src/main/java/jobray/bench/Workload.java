package jobray.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The three files that every engine of the benchmark reads: flat little-endian int32 arrays.
 *
 * <ul>
 *   <li>{@code alerts.bin}: per alert the number of clauses, then each clause as its kind and its
 *       values: {@link #ANY} and {@link #NONE} a count and that many atoms, {@link #PAY_FLOOR} one
 *       floor in USD a year;
 *   <li>{@code postings.bin}: per posting its pay in USD a year ({@link #UNKNOWN_PAY} where the
 *       posting states none), a count and that many distinct atoms;
 *   <li>{@code frequencies.bin}: per atom, how many of a training set of postings have it.
 * </ul>
 */
record Workload(List<Alert> alerts, List<Posting> postings, int[] frequencies) {
  static final int ANY = 0;
  static final int NONE = 1;
  static final int PAY_FLOOR = 2;
  static final int UNKNOWN_PAY = -1;

  /** One clause of a conjunction; {@code values} are atoms, or the one floor of a pay clause. */
  record Clause(int kind, int[] values) {}

  record Alert(List<Clause> clauses) {}

  record Posting(int pay, int[] atoms) {}

  static Workload read(Path folder) throws IOException {
    return new Workload(
        alerts(integers(folder.resolve("alerts.bin"))),
        postings(integers(folder.resolve("postings.bin"))),
        integers(folder.resolve("frequencies.bin")));
  }

  private static int[] integers(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length % Integer.BYTES != 0) {
      throw new IOException(file + ": " + bytes.length + " bytes are no whole number of int32");
    }
    int[] values = new int[bytes.length / Integer.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(values);
    return values;
  }

  private static List<Alert> alerts(int[] values) {
    List<Alert> alerts = new ArrayList<>();
    int at = 0;
    while (at < values.length) {
      int count = values[at++];
      List<Clause> clauses = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        int kind = values[at++];
        if (kind < ANY || kind > PAY_FLOOR) {
          throw new IllegalArgumentException(
              "alert " + alerts.size() + ": expected a clause of kind 0, 1 or 2, got " + kind);
        }
        int size = kind == PAY_FLOOR ? 1 : values[at++];
        clauses.add(new Clause(kind, Arrays.copyOfRange(values, at, at + size)));
        at += size;
      }
      alerts.add(new Alert(clauses));
    }
    return alerts;
  }

  private static List<Posting> postings(int[] values) {
    List<Posting> postings = new ArrayList<>();
    int at = 0;
    while (at < values.length) {
      int pay = values[at];
      int size = values[at + 1];
      at += 2;
      postings.add(new Posting(pay, Arrays.copyOfRange(values, at, at + size)));
      at += size;
    }
    return postings;
  }
}
