// SPDX-License-Identifier: Apache-2.0
// Arithmetic that a Java machine compiles while it runs, with a heap of RandomX's cache's size.
public class Spin {
    public static void main(String[] args) {
        long end = System.nanoTime() + Long.parseLong(args[0]) * 1000000000L;
        double sum = 1;
        while (System.nanoTime() < end)
            for (int i = 0; i < 100000; i++)
                sum = sum * 1.0000001 + 0.1;
        System.out.println(sum);
    }
}
