using DToC.Twin.Events;

namespace DToC.Twin.Tests.Events;

public class HypotheticalIdTests
{
    [Theory]
    [InlineData("hypothetical:0123456789abcdef0123456789abcdef", true)]
    [InlineData("hypothetical:0123456789ABCDEF0123456789abcdef", false)]
    [InlineData("hypothetical:0123456789abcdef0123456789abcde", false)]
    [InlineData("hypothetical:0123456789abcdef0123456789abcdef0", false)]
    [InlineData("Hypothetical:0123456789abcdef0123456789abcdef", false)]
    [InlineData("hypothetical:somebody's own idea of a good name", false)]
    [InlineData("", false)]
    public void Only_the_whole_form_is_one(string id, bool isOne) => Assert.Equal(isOne, HypotheticalId.Is(id));
}
