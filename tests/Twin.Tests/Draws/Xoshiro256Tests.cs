using DToC.Twin.Draws;

namespace DToC.Twin.Tests.Draws;

public class Xoshiro256Tests
{
    [Fact]
    public void SplitMix64_of_a_published_seed_gives_the_published_numbers()
    {
        // rosettacode.org/wiki/Pseudo-random_numbers/Splitmix64
        ulong state = 1234567;
        ulong[] expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431];
        Assert.Equal(expected, expected.Select(_ => Xoshiro256.SplitMix64(ref state)).ToArray());
    }

    [Fact]
    public void Bits_from_state_1_2_3_4_are_those_of_the_reference_code()
    {
        // The reference C code's output, as the rand_xoshiro crate records it in its tests.
        var random = new Xoshiro256(1, 2, 3, 4);
        ulong[] expected =
        [
            11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600,
            16172922978634559625, 8476171486693032832, 10595114339597558777, 2904607092377533576,
        ];
        Assert.Equal(expected, expected.Select(_ => random.NextBits()).ToArray());
    }

    [Fact]
    public void Streams_of_neighbouring_customers_and_purposes_differ()
    {
        var first = (from customer in Enumerable.Range(0, 100)
                     from purpose in Enumerable.Range(0, 10)
                     select Xoshiro256.For(42, customer, purpose).NextBits()).ToHashSet();
        Assert.Equal(1000, first.Count);
    }
}
