namespace DToC.Tidy.Texts;

public sealed class TextPatternsTests
{
    [Fact]
    public void Folders_of_one_machine_are_seen()
    {
        Assert.Matches(TextPatterns.MachinePath, "\"/wo" + "rk/main\"");
        Assert.Matches(TextPatterns.MachinePath, "cd /ro" + "ot/x");
        Assert.DoesNotMatch(TextPatterns.MachinePath, "src/wo" + "rk/x");
        Assert.Matches(TextPatterns.PassingPath, "(/t" + "mp/x)");
    }

    [Fact]
    public void Hosts_of_packages_and_places_of_writing_are_seen()
    {
        Assert.Matches(TextPatterns.PackageHost, "https://api.nuget.o" + "rg/v3");
        Assert.Matches(TextPatterns.WritingPlace, "in the San" + "dbox");
        Assert.DoesNotMatch(TextPatterns.WritingPlace, "ITestOutputHelper a web session");
    }

    [Fact]
    public void Secrets_are_seen_and_their_form_may_be_spoken_of()
    {
        Assert.Matches(TextPatterns.Secret, "-----BEGIN RSA PRIV" + "ATE KEY-----");
        Assert.Matches(TextPatterns.Secret, "dt" + "oc_0123456789ab_0123456789abcdefghijABCDEFGHIJ_-abc");
        Assert.DoesNotMatch(TextPatterns.Secret, "dtoc_ID_SECRET, dtoc_0123456789ab_...");
    }
}
