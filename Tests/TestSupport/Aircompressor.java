import io.airlift.compress.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Decompresses files with the library that Trino and Athena read text with, and prints for each the SHA-256 of its contents, or the error. */
class Aircompressor {
    public static void main(String[] files) throws Exception {
        for (String file : files) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new ZstdInputStream(new BufferedInputStream(Files.newInputStream(Path.of(file))));
                    OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
                in.transferTo(out);
                System.out.println(HexFormat.of().formatHex(digest.digest()));
            } catch (Exception error) {
                System.out.println("error: " + error.getMessage());
            }
        }
    }
}
