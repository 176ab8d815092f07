using System.Security.Cryptography;
using System.Text;
using DToC.Embedded.Vaults;
using DToC.Grains;

namespace DToC.Embedded.Erasures;

/// <summary>Signs what is handed out as proof, with a key of the vault: ECDSA, P-256, SHA-256.</summary>
internal sealed class ReceiptSigning(VaultFile vault)
{
    private readonly byte[] _key = vault.Secret("receipts", NewKey);

    /// <summary>A receipt with key and signature.</summary>
    public ErasureReceipt Sign(ErasureReceipt receipt)
    {
        using var key = Key();
        var named = receipt with { PublicKey = PublicOf(key) };
        return named with { Signature = SignatureOf(key, named.SignedText) };
    }

    /// <summary>A readmission with key and signature.</summary>
    public Readmission Sign(Readmission readmission)
    {
        using var key = Key();
        var named = readmission with { PublicKey = PublicOf(key) };
        return named with { Signature = SignatureOf(key, named.SignedText) };
    }

    private ECDsa Key()
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(_key, out _);
        return key;
    }

    private static string PublicOf(ECDsa key) => Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());

    private static string SignatureOf(ECDsa key, string text) => Convert.ToBase64String(key.SignData(
        Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));

    private static byte[] NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKey();
    }
}
