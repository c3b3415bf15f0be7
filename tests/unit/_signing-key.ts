/** A public key of nobody's, as gpg 2.2 writes it. */
export const ARMOURED = `-----BEGIN PGP PUBLIC KEY BLOCK-----
Comment: made for this test

mDMEawQEURYJKwYBBAHaRw8BAQdA/bn8C5liW4HCzG8kr2mMPy+3o5nmf+tViObl
pqxmS0G0FGdvb2QgPGdvb2RAbGFiLnRlc3Q+iJAEExYIADgWIQRrFX39W0VKn4S4
/kOR/87WJFwF5gUCawQEUQIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAKCRCR
/87WJFwF5n/YAQCyDcts6YMsNq8PiRlsOrbvTPK5lR7kKl0kpfb9CS243wEAjauG
1/4OvrDQDwutm1jKEOuEWrUQLsrBqQxbDeD6dQQ=
=A1Y0
-----END PGP PUBLIC KEY BLOCK-----
`;
