import com.tdunning.math.stats.TDigest;
import java.io.*;
import java.lang.reflect.*;
import java.nio.*;
import java.nio.file.*;

/**
 * Feeds files of doubles (little endian) to a digest of the reference library and prints its quantiles, or the time an add takes.
 * The library's releases hold different digests and factories: the class is named by the caller.
 */
public class TDigestReference {
    public static void main(String[] args) throws Exception {
        double compression = Double.parseDouble(args[2]);
        if (args[0].equals("time")) {
            double[] values = read(args[3]);
            double best = Double.MAX_VALUE;
            for (int round = 0; round < Integer.parseInt(args[4]); round++) {
                TDigest digest = create(args[1], compression);
                long from = System.nanoTime();
                for (double value : values) {
                    digest.add(value);
                }
                digest.quantile(0.5);
                best = Math.min(best, (System.nanoTime() - from) / (double) values.length);
            }
            System.out.println(best);
            return;
        }
        for (int file = 4; file < args.length; file++) {
            TDigest digest = create(args[1], compression);
            for (double value : read(args[file])) {
                digest.add(value);
            }
            StringBuilder line = new StringBuilder();
            for (String q : args[3].split(",")) {
                line.append(digest.quantile(Double.parseDouble(q))).append(' ');
            }
            System.out.println(line.append(digest.centroidCount()));
        }
    }

    private static TDigest create(String name, double compression) throws Exception {
        if (name.equals("ArrayDigest")) {
            return (TDigest) TDigest.class.getMethod("createArrayDigest", double.class).invoke(null, compression);
        }
        return (TDigest) Class.forName("com.tdunning.math.stats." + name).getConstructor(double.class).newInstance(compression);
    }

    private static double[] read(String file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(Paths.get(file))).order(ByteOrder.LITTLE_ENDIAN);
        double[] values = new double[bytes.remaining() / 8];
        bytes.asDoubleBuffer().get(values);
        return values;
    }
}
