package jobray.bench;

import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.BytesTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.util.BytesRef;

/** The atoms of one posting as tokens that are analysed already; {@code reset} starts over. */
final class AtomStream extends TokenStream {
  private static final FieldType DOCS_ONLY = docsOnly();

  private final BytesTermAttribute token = addAttribute(BytesTermAttribute.class);
  private final BytesRef[] terms;
  private int next;

  private AtomStream(BytesRef[] terms) {
    this.terms = terms;
  }

  /** A document to be matched any number of times, by one thread. */
  static Document document(Workload.Posting posting) {
    BytesRef[] terms = new BytesRef[posting.atoms().length];
    for (int i = 0; i < terms.length; i++) {
      terms[i] = new BytesRef(Queries.term(posting.atoms()[i]));
    }
    int pay = posting.pay() == Workload.UNKNOWN_PAY ? Queries.NO_PAY : posting.pay();
    Document document = new Document();
    document.add(new Field(Queries.ATOMS, new AtomStream(terms), DOCS_ONLY));
    document.add(new IntPoint(Queries.PAY, pay));
    return document;
  }

  @Override
  public boolean incrementToken() {
    if (next == terms.length) {
      return false;
    }
    clearAttributes();
    token.setBytesRef(terms[next++]);
    return true;
  }

  @Override
  public void reset() {
    next = 0;
  }

  private static FieldType docsOnly() {
    FieldType type = new FieldType();
    type.setTokenized(true);
    type.setOmitNorms(true);
    type.setIndexOptions(IndexOptions.DOCS);
    type.freeze();
    return type;
  }
}
