using System.Text;
using DToC.Http.Delivery.Webhooks;

namespace DToC.Http.Tests.Delivery;

public sealed class SigningSecretTests
{
    // The published example of the specification's reference libraries.
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const long Timestamp = 1_614_265_330;
    private const string Body = """{"test": 2432232314}""";
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    [Fact]
    public void Signature_is_that_of_the_published_example() =>
        Assert.Equal(Signature, SigningSecret.Sign([Read(Secret)], Id, Timestamp, Encoding.UTF8.GetBytes(Body)));

    [Fact]
    public void Two_secrets_give_two_signatures_with_a_space_between()
    {
        var other = SigningSecret.New();
        var both = SigningSecret.Sign([other, Read(Secret)], Id, Timestamp, Encoding.UTF8.GetBytes(Body)).Split(' ');
        Assert.Equal((2, Signature), (both.Length, both[1]));
        Assert.NotEqual(both[0], both[1], StringComparer.Ordinal);
    }

    [Fact]
    public void Text_of_a_secret_is_read_back()
    {
        var secret = SigningSecret.New();
        Assert.Equal(secret, Read(SigningSecret.TextOf(secret)));
    }

    [Theory]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_")]
    [InlineData("whsec_c2hvcnQ=")]
    [InlineData("whsec_not base64 at all but long enough")]
    [InlineData("WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    public void What_is_no_secret_is_not_read(string text) => Assert.Null(SigningSecret.Parse(text));

    private static byte[] Read(string text) =>
        SigningSecret.Parse(text) ?? throw new InvalidOperationException($"{text} is no secret.");
}
