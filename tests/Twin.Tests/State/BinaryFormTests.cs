using System.Buffers;
using DToC.Twin.State;
using FsCheck;
using FsCheck.Fluent;

namespace DToC.Twin.Tests.State;

public class BinaryFormTests
{
    private delegate T Reading<out T>(ref BinaryFormReader reader);

    [Fact]
    public void Signed_keeps_every_long()
    {
        long[] extremes = [0, 1, -1, 63, -64, long.MaxValue, long.MinValue, long.MinValue + 1, long.MaxValue - 1];
        foreach (var value in extremes)
        {
            Assert.Equal(value, RoundTrip(w => w.Signed(value), (ref BinaryFormReader r) => r.Signed()));
        }
        ForAll<long>(value => RoundTrip(w => w.Signed(value), (ref BinaryFormReader r) => r.Signed()) == value);
    }

    [Fact]
    public void Unsigned_keeps_every_ulong()
    {
        foreach (var value in (ulong[])[0, 127, 128, ulong.MaxValue, ulong.MaxValue - 1, 1UL << 63])
        {
            Assert.Equal(value, RoundTrip(w => w.Unsigned(value), (ref BinaryFormReader r) => r.Unsigned()));
        }
        ForAll<ulong>(value => RoundTrip(w => w.Unsigned(value), (ref BinaryFormReader r) => r.Unsigned()) == value);
    }

    [Fact]
    public void Real_keeps_every_bit()
    {
        double[] extremes =
        [
            0, -0.0, 1, -1, 0.5, double.NaN, -double.NaN, double.PositiveInfinity, double.NegativeInfinity,
            double.Epsilon, double.MaxValue, double.MinValue, 9_007_199_254_740_991,
            9_007_199_254_740_992, 9_007_199_254_740_994,
            -9_007_199_254_740_991, -9_007_199_254_740_992, 9.3e18, 1e300,
        ];
        foreach (var value in extremes) Assert.True(KeepsBits(value), $"{value:R}");
        ForAll<long>(bits => KeepsBits(BitConverter.Int64BitsToDouble(bits)));
        ForAll<int>(whole => KeepsBits(whole));
        ForAll<double>(KeepsBits);
    }

    [Fact]
    public void Real_of_a_small_whole_number_takes_three_bytes_at_most()
    {
        foreach (var value in (double[])[0, 1, -1, 60, 1_000, -8_190, 8_190, 1_000_000])
        {
            Assert.InRange(Written(w => w.Real(value)).Length, 1, 3);
        }
    }

    [Fact]
    public void Text_and_bytes_come_back()
    {
        foreach (var text in (string[])["", "a", "Zürich", "日本語", "\0", new string('x', 5_000), "👩‍👩‍👧"])
        {
            Assert.Equal(text, RoundTrip(w => w.Text(text), (ref BinaryFormReader r) => r.Text()));
        }
        ForAll<byte[]>(bytes => bytes.SequenceEqual(
            RoundTrip(w => w.Bytes(bytes), (ref BinaryFormReader r) => r.Bytes().ToArray())));
    }

    [Fact]
    public void Sparse_bytes_come_back_and_zeros_cost_little()
    {
        Assert.InRange(Written(w => w.Sparse(new byte[1_000])).Length, 1, 4);
        var bytes = Gen.Frequency((4, Gen.Constant((byte)0)), (1, Gen.Choose(0, 255).Select(b => (byte)b)));
        Prop.ForAll(Arb.From(Gen.ArrayOf(bytes)), value =>
        {
            var back = new byte[value.Length];
            Array.Fill(back, (byte)0xAA);
            var reader = new BinaryFormReader(Written(w => w.Sparse(value)));
            reader.Sparse(back);
            return reader.AtEnd && back.SequenceEqual(value);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Fact]
    public void Count_over_its_limit_is_refused()
    {
        var bytes = Written(w => w.Unsigned(65));
        Assert.Throws<InvalidDataException>(() => new BinaryFormReader(bytes).Count(64));
        Assert.Equal(65, new BinaryFormReader(bytes).Count(65));
    }

    [Fact]
    public void Integer_of_more_than_ten_bytes_is_refused()
    {
        var endless = Enumerable.Repeat((byte)0xFF, 20).ToArray();
        Assert.Throws<InvalidDataException>(() => new BinaryFormReader(endless).Unsigned());
    }

    [Fact]
    public void Bytes_that_end_too_early_are_refused()
    {
        var whole = Written(w => w.Text("Zürich"));
        for (var length = 0; length < whole.Length; length++)
        {
            var cut = whole[..length];
            Assert.Throws<InvalidDataException>(() => new BinaryFormReader(cut).Text());
        }
        Assert.Throws<InvalidDataException>(() => new BinaryFormReader([1, 2, 3]).Fixed());
        Assert.Throws<InvalidDataException>(() => new BinaryFormReader([1, 2, 3]).Real());
    }

    private static bool KeepsBits(double value) =>
        BitConverter.DoubleToUInt64Bits(RoundTrip(w => w.Real(value), (ref BinaryFormReader r) => r.Real()))
        == BitConverter.DoubleToUInt64Bits(value);

    private static void ForAll<T>(Func<T, bool> holds) =>
        Prop.ForAll(holds).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static byte[] Written(Action<BinaryFormWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        write(new BinaryFormWriter(buffer));
        return buffer.WrittenSpan.ToArray();
    }

    private static T RoundTrip<T>(Action<BinaryFormWriter> write, Reading<T> read)
    {
        var reader = new BinaryFormReader(Written(write));
        var value = read(ref reader);
        reader.End();
        return value;
    }
}
