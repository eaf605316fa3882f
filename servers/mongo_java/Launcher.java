import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.util.List;
import org.h2.mvstore.MVStore;

/**
 * Serves MongoDB's wire protocol from one H2 file until it is told to end: {@code Launcher HOST PORT FILE}.
 *
 * <p>Left alone, H2 writes once a second and a killed server loses what it had acknowledged. Here a
 * command is answered after it was written, and one command runs at a time, so that what is written is
 * never half of one.
 */
public final class Launcher {

    private static final class DurableBackend extends H2Backend {

        DurableBackend(MVStore store) {
            super(store);
        }

        @Override
        public synchronized Document handleMessage(MongoMessage message) {
            try {
                return super.handleMessage(message);
            } finally {
                commit();
            }
        }
    }

    /** The newest version the server knows speaks wire version 8, PyMongo 4 wants 9 or more. */
    private static final class Version implements MongoVersion {

        @Override
        public List<Integer> getVersionArray() {
            return List.of(4, 4, 0);
        }

        @Override
        public int getWireVersion() {
            return 9;
        }
    }

    private Launcher() {}

    public static void main(String[] arguments) {
        MVStore store = new MVStore.Builder().fileName(arguments[2]).autoCommitDisabled().open();
        // Space of what was replaced is used again at once; H2 would keep it 45 s for a lost power supply.
        store.setRetentionTime(0);
        H2Backend backend = new DurableBackend(store);
        backend.version(new Version());
        MongoServer server = new MongoServer(backend);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
        server.bind(arguments[0], Integer.parseInt(arguments[1]));
    }
}
