using System.Text;

namespace DToC.Twin.Tests;

public class StableHashTests
{
    // Vectors of the xxHash reference implementation (XXH64).
    [Theory]
    [InlineData("", 0UL, 0xEF46DB3751D8E999UL)]
    [InlineData("a", 0UL, 0xD24EC4F1A98C6E5BUL)]
    [InlineData("abc", 0UL, 0x44BC2CF5AD770999UL)]
    public void Hash_of_known_text_equals_reference(string text, ulong seed, ulong expected)
    {
        Assert.Equal(expected, StableHash.Of(text, seed));
        Assert.Equal(expected, StableHash.Of(Encoding.UTF8.GetBytes(text), seed));
    }

    [Fact]
    public void Hash_of_long_text_uses_every_byte()
    {
        var bytes = Enumerable.Range(0, 101).Select(i => (byte)i).ToArray();
        var whole = StableHash.Of(bytes);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            Assert.NotEqual(whole, StableHash.Of(bytes));
            bytes[i] ^= 1;
        }
    }

    [Fact]
    public void Unit_value_stays_below_one()
    {
        Assert.Equal(0, StableHash.ToUnit(0));
        Assert.InRange(StableHash.ToUnit(ulong.MaxValue), 0.999999, 0.9999999999999999);
    }
}
