package org.needlefs.test.system;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * File names as text, without loss: UTF-8, and each byte that is no UTF-8 as the lone surrogate U+DC00 plus the byte.
 * So every name that a directory can hold has exactly one String.
 */
public final class FileNames {
    private static final char ESCAPE_FIRST = 0xdc80;
    private static final char ESCAPE_LAST = 0xdcff;

    private FileNames() {}

    public static byte[] bytes(String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(name.length() * 2);
        name.codePoints().forEach(point -> {
            if (point >= ESCAPE_FIRST && point <= ESCAPE_LAST) {
                bytes.write(point & 0xff);
            } else {
                bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }

    public static String text(byte[] name) {
        try {
            return strictly(name);
        } catch (CharacterCodingException notText) {
            StringBuilder text = new StringBuilder(name.length);
            for (byte each : name) {
                text.append(each >= 0 ? (char) each : (char) (ESCAPE_FIRST - 0x80 + (each & 0xff)));
            }
            return text.toString();
        }
    }

    private static String strictly(byte[] name) throws CharacterCodingException {
        CharBuffer text = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(name));
        return text.toString();
    }
}
