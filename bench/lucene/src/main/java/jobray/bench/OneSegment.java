package jobray.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorConfiguration;

/**
 * A configuration that keeps hold of the query index's writer, so that the index can be merged into
 * one segment once all alerts are in, and that never purges while something is timed.
 */
final class OneSegment extends MonitorConfiguration {
  /** An alert of a batch holds a hash table of 32 KB for each pass until the batch is committed. */
  private static final int BATCH = 2_000;

  private IndexWriter writer;

  OneSegment() {
    setQueryUpdateBufferSize(BATCH);
    setPurgeFrequency(365, TimeUnit.DAYS);
  }

  @Override
  public IndexWriter buildIndexWriter() throws IOException {
    writer = super.buildIndexWriter();
    return writer;
  }

  /** Merge, and let {@code monitor} (built with this configuration) read what was merged. */
  void merge(Monitor monitor) throws IOException {
    writer.forceMerge(1);
    monitor.register(List.of());
  }
}
