package jobray.bench;

import jobray.bench.Workload.Alert;
import jobray.bench.Workload.Clause;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.index.Term;
import org.apache.lucene.monitor.TermWeightor;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;

/**
 * Alerts as Lucene queries: one {@link BooleanQuery} of FILTER and MUST_NOT clauses, which score
 * nothing.
 *
 * <p>Every alert shares one {@link TermQuery} per atom, so that a million alerts keep tens of
 * thousands of leaves. A pay floor is one point range: a posting without pay carries {@link
 * #NO_PAY}, which every floor lets pass. An OR stays a BooleanQuery, because the presearcher sees
 * through it and not through a TermInSetQuery.
 */
final class Queries {
  static final String ATOMS = "a";
  static final String PAY = "pay";
  static final int NO_PAY = Integer.MAX_VALUE;

  private final TermQuery[] leaves;

  Queries(int atoms) {
    leaves = new TermQuery[atoms];
  }

  static String term(int atom) {
    return "a" + atom;
  }

  /** Rare terms weigh most; {@code frequencies} are per atom, and what was never seen is rarest. */
  static TermWeightor rarity(int[] frequencies) {
    return term -> {
      int atom = Integer.parseInt(term.text(), 1, term.text().length(), 10);
      return 1.0 / (1 + frequencies[atom]);
    };
  }

  Query of(Alert alert) {
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    boolean positive = false;
    for (Clause clause : alert.clauses()) {
      switch (clause.kind()) {
        case Workload.ANY -> all.add(any(clause.values()), Occur.FILTER);
        case Workload.PAY_FLOOR -> all.add(floor(clause.values()[0]), Occur.FILTER);
        default -> exclude(clause.values(), all);
      }
      positive |= clause.kind() != Workload.NONE;
    }
    if (!positive) {
      all.add(new MatchAllDocsQuery(), Occur.FILTER);
    }
    return all.build();
  }

  private Query any(int[] atoms) {
    if (atoms.length == 1) {
      return leaf(atoms[0]);
    }
    BooleanQuery.Builder any = new BooleanQuery.Builder();
    for (int atom : atoms) {
      any.add(leaf(atom), Occur.SHOULD);
    }
    return any.build();
  }

  private void exclude(int[] atoms, BooleanQuery.Builder all) {
    for (int atom : atoms) {
      all.add(leaf(atom), Occur.MUST_NOT);
    }
  }

  private static Query floor(int floor) {
    return IntPoint.newRangeQuery(PAY, floor, NO_PAY);
  }

  private TermQuery leaf(int atom) {
    if (leaves[atom] == null) {
      leaves[atom] = new TermQuery(new Term(ATOMS, term(atom)));
    }
    return leaves[atom];
  }
}
