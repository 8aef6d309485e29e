CREATE TABLE alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE gebeurtenis (
    id integer NOT NULL,
    koppeling_id integer NOT NULL,
    op timestamp with time zone NOT NULL,
    soort character varying(32) NOT NULL,
    gegevens json NOT NULL
);
CREATE SEQUENCE gebeurtenis_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE gebeurtenis_id_seq OWNED BY gebeurtenis.id;
CREATE TABLE koppeling (
    id integer NOT NULL,
    naam character varying NOT NULL,
    school character varying(64) NOT NULL,
    vendor character varying(64) NOT NULL,
    url character varying,
    leerresultaten_url character varying,
    autorisatiesleutel text,
    klantcode character varying NOT NULL,
    klantnaam character varying NOT NULL,
    versie character varying(8) NOT NULL,
    gegevenssetid character varying,
    bronnen text NOT NULL,
    schooljaar character varying(9),
    status character varying(12) NOT NULL,
    aangevraagd_op timestamp with time zone NOT NULL,
    geactiveerd_op timestamp with time zone,
    vorig_schooljaar boolean NOT NULL,
    laatst_opgehaald timestamp with time zone,
    laatst_bezorgd timestamp with time zone,
    laatste_aanmaakdatum timestamp with time zone,
    laatste_nacht date,
    roster_hash character varying(64),
    sleutelwissel text,
    genegeerd text,
    bekende_leerlingen text
);
CREATE SEQUENCE koppeling_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE koppeling_id_seq OWNED BY koppeling.id;
CREATE TABLE lid (
    id character varying(32) NOT NULL,
    school character varying(64) NOT NULL,
    soort character varying(12) NOT NULL,
    actief boolean NOT NULL,
    key text,
    eckid text,
    naam character varying,
    achternaam text,
    voorvoegsel text,
    roepnaam text,
    geboortedatum text,
    emailadres text,
    jaargroep character varying(4),
    groepen character varying
);
CREATE TABLE plan (
    id integer NOT NULL,
    koppeling_id integer NOT NULL,
    gemaakt_op timestamp with time zone NOT NULL,
    status character varying(12) NOT NULL,
    inhoud text NOT NULL
);
CREATE SEQUENCE plan_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE plan_id_seq OWNED BY plan.id;
CREATE TABLE resultaat (
    koppeling_id integer NOT NULL,
    key character varying(256) NOT NULL,
    status character varying(12) NOT NULL,
    volgnummer integer NOT NULL,
    wacht boolean NOT NULL,
    bron integer NOT NULL,
    schooljaar character varying(9) NOT NULL,
    toetscode character varying(256) NOT NULL,
    genormeerd_op timestamp with time zone NOT NULL,
    vastgelegd_op timestamp with time zone NOT NULL,
    bezorgd_op timestamp with time zone,
    foutcode character varying(64),
    persoon text NOT NULL,
    inhoud text NOT NULL
);
CREATE TABLE slot (
    koppeling_id integer NOT NULL
);
CREATE TABLE toets (
    koppeling_id integer NOT NULL,
    toetscode character varying(256) NOT NULL,
    inhoud character varying NOT NULL
);
ALTER TABLE ONLY gebeurtenis ALTER COLUMN id SET DEFAULT nextval('gebeurtenis_id_seq'::regclass);
ALTER TABLE ONLY koppeling ALTER COLUMN id SET DEFAULT nextval('koppeling_id_seq'::regclass);
ALTER TABLE ONLY plan ALTER COLUMN id SET DEFAULT nextval('plan_id_seq'::regclass);
INSERT INTO alembic_version VALUES ('0001');
INSERT INTO gebeurtenis VALUES (1, 1, '2026-11-20 21:00:00+00', 'aangevraagd', '{}');
INSERT INTO gebeurtenis VALUES (2, 1, '2026-11-20 21:00:00+00', 'goedgekeurd', '{}');
INSERT INTO gebeurtenis VALUES (3, 1, '2026-11-20 21:00:00+00', 'actief', '{}');
INSERT INTO gebeurtenis VALUES (4, 1, '2026-11-20 21:00:00+00', 'plan', '{"plan": 1, "groep": {"nieuw": 5, "te_wijzigen": 0, "ongewijzigd": 0, "niet_importeren": 0, "conflict": 0, "deactiveren": 0}, "leerkracht": {"nieuw": 6, "te_wijzigen": 0, "ongewijzigd": 0, "niet_importeren": 0, "conflict": 0, "deactiveren": 0}, "leerling": {"nieuw": 6, "te_wijzigen": 0, "ongewijzigd": 0, "niet_importeren": 0, "conflict": 0, "deactiveren": 0}}');
INSERT INTO gebeurtenis VALUES (5, 1, '2026-11-20 21:00:00+00', 'toegepast', '{"plan": 1, "groep": {"nieuw": 5, "te_wijzigen": 0, "ongewijzigd": 0, "niet_importeren": 0, "conflict": 0, "deactiveren": 0}, "leerkracht": {"nieuw": 6, "te_wijzigen": 0, "ongewijzigd": 0, "niet_importeren": 0, "conflict": 0, "deactiveren": 0}, "leerling": {"nieuw": 5, "te_wijzigen": 0, "ongewijzigd": 0, "niet_importeren": 1, "conflict": 0, "deactiveren": 0}}');
INSERT INTO gebeurtenis VALUES (6, 1, '2026-11-20 21:00:00+00', 'sleutelwissel', '{"sleutels": 1}');
INSERT INTO koppeling VALUES (1, 'De Proef', 's1', 'standaard', 'http://127.0.0.1:9/ll', 'http://127.0.0.1:9/lr', 'f9Z5kWYzKCqjHy1tgIWI', 'EA7659', 'Voorbeeld Toetsen', '2.2', NULL, '[{"brincode":"99AA","dependancecode":"00"}]', NULL, 'actief', '2026-11-20 21:00:00+00', '2026-11-20 21:00:00+00', false, '2026-11-20 21:00:00+00', NULL, NULL, NULL, 'd5f5ed11efb385efee56125473775f86a697f624e27d828d9892d2b6cd1e419b', '{"oud":"nieuw"}', '[["leerling","https://ketenid.nl/pilot/7f9ebb86e7559842de20381a71c1c961241dd75784264c941d44021235f13918d1f4baea5422cbf0d035a2971623b6c100d4f2f6c6c2a27eadce7b9f98003ff6"]]', NULL);
INSERT INTO lid VALUES ('18ea6c9a2cdfea1e000005433ad6683', 's1', 'groep', true, '99AA00-2627-1-2-4-5-6-8', NULL, 'Groep 1/2/4/5/6/8', NULL, NULL, NULL, NULL, NULL, 'C', '[]');
INSERT INTO lid VALUES ('18ea6c9a2ce0585d000015aa91b86b6', 's1', 'groep', true, '99AA00-2627-s-plusklas', NULL, 'Plusklas', NULL, NULL, NULL, NULL, NULL, NULL, '[]');
INSERT INTO lid VALUES ('18ea6c9a2ce069ee00002e94fb48dd2', 's1', 'groep', true, '99AA00-2627-s-lezen4', NULL, 'Leesgroep 4', NULL, NULL, NULL, NULL, NULL, NULL, '[]');
INSERT INTO lid VALUES ('18ea6c9a2ce0779f00003a6d262e099', 's1', 'groep', true, '99AA00-2627-s-rekenen6', NULL, 'Rekengroep 6', NULL, NULL, NULL, NULL, NULL, NULL, '[]');
INSERT INTO lid VALUES ('18ea6c9a2ce0832900004d78b340be0', 's1', 'groep', true, '99AA00-2627-s-schakel', NULL, 'Schakelklas', NULL, NULL, NULL, NULL, NULL, NULL, '[]');
INSERT INTO lid VALUES ('18ea6c9a2ce091d5000056d12efb83b', 's1', 'leerkracht', true, '8b49be0f-5d39-ec4a-c8db-7387017106b6', 'https://ketenid.nl/pilot/07951a9ff00162a67fa2c5803fc2c963a6b7245fd3017f2e7249bc8d425b948bc5079772127a943dd970a0471a12c2c1f6b40fc47731b162f506ce2f7f3fd670', NULL, 'Ivanov', NULL, 'Jakub', NULL, 'iemand@example.org', NULL, '[]');
INSERT INTO lid VALUES ('18ea6c9a2ce09d55000063b97895fc6', 's1', 'leerkracht', true, 'ab077e8d-142c-7431-c130-68ebdc83f8b8', 'https://ketenid.nl/pilot/4c544f8d7afd44f268d539870911ff9fac4e6a161af230db28d004591d4858fede8f2b9231621eb04e9e4def9355b44f736108f0095bd992637b6d73e5b96a6b', NULL, 'Daniëls', NULL, 'Roos', NULL, 'r.daniels@school.example.invalid', NULL, '[]');
INSERT INTO lid VALUES ('18ea6c9a2ce0b12100007fdebd2943b', 's1', 'leerkracht', true, '589cffd2-94f0-caf3-1227-eed859f2aabe', NULL, NULL, 'Bakker', NULL, 'Mees', NULL, 'iemand@example.org', NULL, '["99AA00-2627-s-plusklas","99AA00-2627-s-lezen4","99AA00-2627-s-rekenen6","99AA00-2627-s-schakel"]');
INSERT INTO lid VALUES ('18ea6c9a2ce0c348000084a3a6df7d0', 's1', 'leerkracht', true, 'a473a7a9-f434-8b17-323d-e593c06f9714', 'https://ketenid.nl/pilot/a3e4c2e9a2bb332e91dcb0a3b8e82aff9454b8d35355af23642abab8d1d9552afe55b5ba3c76f33d3b664464a73f203b1f659fa3fce3ac6419a4a47c2c099bc0', NULL, 'Veen', 'van der', 'Gijs', NULL, 'g.vanderveen@school.example.invalid', NULL, '["99AA00-2627-1-2-4-5-6-8"]');
INSERT INTO lid VALUES ('18ea6c9a2ce0d3f200009518953251e', 's1', 'leerkracht', true, '1f80f42a-48f3-52b9-ae60-73049a9919d2', 'https://ketenid.nl/pilot/5ec2b37dd2e863e29e3ca95eedef660c84f3118e58102e11890aa535fc71a7b7f03ee25b7023d3598dd415107a2b8a9e79a59639def4cebc203512e1ba1b8ba2', NULL, 'Jellema', NULL, 'Yfke', NULL, 'y.jellema@school.example.invalid', NULL, '["99AA00-2627-1-2-4-5-6-8"]');
INSERT INTO lid VALUES ('18ea6c9a2ce0e4cf0000a1aea132a6a', 's1', 'leerkracht', true, '20afe784-5d71-9854-c574-a41495d9e1f8', 'https://ketenid.nl/pilot/b5460c1ed28c3e0494db0202ed12a15c757dac28a640e100a6f11df756ed934757919aa30f632c55ab2c4111f927e5aed15eca74f6c3d285e7cbdeff411b9150', NULL, 'Taleb', 'Aït', 'Yasmina', NULL, 'y.aittaleb@school.example.invalid', NULL, '["99AA00-2627-s-plusklas","99AA00-2627-1-2-4-5-6-8","99AA00-2627-s-lezen4"]');
INSERT INTO lid VALUES ('18ea6c9a2ce10d2e0000cf58a66df6f', 's1', 'leerling', true, '2307320000', 'https://ketenid.nl/pilot/f344439b262c78276856a3f3daa3295a78162cc837fb9d60cd40573b15c717b8010b8a59a1a6659b10cf95b1a67480f11fe0c33b07b338cc301cd690ca6b2312', NULL, 'Hoekstra', NULL, 'Sem', '2019-03-01', NULL, '4', '["99AA00-2627-1-2-4-5-6-8","99AA00-2627-s-lezen4","99AA00-2627-s-schakel"]');
INSERT INTO lid VALUES ('18ea6c9a2ce11d750000d8b2b0a2926', 's1', 'leerling', true, '2205470000', 'https://ketenid.nl/pilot/5286b7e02aed4447d597c1735a4131469fddf3fc0524c0ad462f431d63ca8ce3d581c1bb00a52a591f3ed744531954b545adfb467d209043188b408e32f78b5a', NULL, 'Ziani', NULL, 'Imane', '2016-10-12', NULL, '5', '["99AA00-2627-1-2-4-5-6-8","99AA00-2627-s-plusklas","99AA00-2627-s-schakel"]');
INSERT INTO lid VALUES ('18ea6c9a2ce130280000e7685b4cd9f', 's1', 'leerling', true, '2102110000', 'https://ketenid.nl/pilot/17387fe2d13777133e88b951ba87f5b4e4d183ae8e6469ed703e2125515a1eeadef99463aef8c03b2abf295c1599ded335eaac0bc58a2bc6ddcecd0c42bd3348', NULL, 'Hendriks', NULL, 'Maud', '2015-09-24', NULL, '6', '["99AA00-2627-1-2-4-5-6-8","99AA00-2627-s-plusklas","99AA00-2627-s-rekenen6","99AA00-2627-s-schakel"]');
INSERT INTO lid VALUES ('18ea6c9a2ce140780000fd20362e413', 's1', 'leerling', true, '1907710000', 'https://ketenid.nl/pilot/93772fa4c8b013ca125ca4efb427663596ed9d8b8f091cb535ae81d362bf145c701d4a52f9e1d74104e624e2825838ff68c867c37d89b17aa670e95f625c9596', NULL, 'Vries', 'de', 'Wout', '2015-07-29', NULL, '8', '["99AA00-2627-1-2-4-5-6-8","99AA00-2627-s-plusklas","99AA00-2627-s-schakel"]');
INSERT INTO lid VALUES ('18ea6c9a2ce0f5830000b1f7a9e1254', 's1', 'leerling', false, '2606670000', 'https://ketenid.nl/pilot/61aa6d7b59a52d0007a3ac8e27521e152fdc6578508d2b7587b9d9180e839a496db2c16a2516ba8b11765f5bbc1a3664bf0eb2bf825946b58d932262d257bfcc', NULL, 'Peters', NULL, 'Siem', '2022-09-20', NULL, '1', '["99AA00-2627-1-2-4-5-6-8"]');
INSERT INTO plan VALUES (1, 1, '2026-11-20 21:00:00+00', 'toegepast', '{"koppeling_id":1,"schooljaar":"2026-2027","rijen":[{"nummer":1,"soort":"groep","gegevens":{"key":"99AA00-2627-1-2-4-5-6-8","naam":"Groep 1/2/4/5/6/8","jaargroep":"C"},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c9a2cdfea1e000005433ad6683","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":2,"soort":"groep","gegevens":{"key":"99AA00-2627-s-plusklas","naam":"Plusklas"},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c9a2ce0585d000015aa91b86b6","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":3,"soort":"groep","gegevens":{"key":"99AA00-2627-s-lezen4","naam":"Leesgroep 4"},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c9a2ce069ee00002e94fb48dd2","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":4,"soort":"groep","gegevens":{"key":"99AA00-2627-s-rekenen6","naam":"Rekengroep 6"},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c9a2ce0779f00003a6d262e099","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":5,"soort":"groep","gegevens":{"key":"99AA00-2627-s-schakel","naam":"Schakelklas"},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c9a2ce0832900004d78b340be0","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":6,"soort":"leerkracht","gegevens":{"key":"8b49be0f-5d39-ec4a-c8db-7387017106b6","eckid":"https://ketenid.nl/pilot/07951a9ff00162a67fa2c5803fc2c963a6b7245fd3017f2e7249bc8d425b948bc5079772127a943dd970a0471a12c2c1f6b40fc47731b162f506ce2f7f3fd670","achternaam":"Ivanov","roepnaam":"Jakub","emailadres":"iemand@example.org"},"keuze":"nieuw","reden":"zelf gekozen","lid":"18ea6c9a2ce091d5000056d12efb83b","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":7,"soort":"leerkracht","gegevens":{"key":"ab077e8d-142c-7431-c130-68ebdc83f8b8","eckid":"https://ketenid.nl/pilot/4c544f8d7afd44f268d539870911ff9fac4e6a161af230db28d004591d4858fede8f2b9231621eb04e9e4def9355b44f736108f0095bd992637b6d73e5b96a6b","achternaam":"Daniëls","roepnaam":"Roos","emailadres":"r.daniels@school.example.invalid"},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c9a2ce09d55000063b97895fc6","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":8,"soort":"leerkracht","gegevens":{"key":"589cffd2-94f0-caf3-1227-eed859f2aabe","achternaam":"Bakker","roepnaam":"Mees","emailadres":"iemand@example.org","groepen":["99AA00-2627-s-plusklas","99AA00-2627-s-lezen4","99AA00-2627-s-rekenen6","99AA00-2627-s-schakel"]},"keuze":"nieuw","reden":"zelf gekozen","lid":"18ea6c9a2ce0b12100007fdebd2943b","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":9,"soort":"leerkracht","gegevens":{"key":"a473a7a9-f434-8b17-323d-e593c06f9714","eckid":"https://ketenid.nl/pilot/a3e4c2e9a2bb332e91dcb0a3b8e82aff9454b8d35355af23642abab8d1d9552afe55b5ba3c76f33d3b664464a73f203b1f659fa3fce3ac6419a4a47c2c099bc0","achternaam":"Veen","voorvoegsel":"van der","roepnaam":"Gijs","emailadres":"g.vanderveen@school.example.invalid","groepen":["99AA00-2627-1-2-4-5-6-8"]},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c9a2ce0c348000084a3a6df7d0","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":10,"soort":"leerkracht","gegevens":{"key":"1f80f42a-48f3-52b9-ae60-73049a9919d2","eckid":"https://ketenid.nl/pilot/5ec2b37dd2e863e29e3ca95eedef660c84f3118e58102e11890aa535fc71a7b7f03ee25b7023d3598dd415107a2b8a9e79a59639def4cebc203512e1ba1b8ba2","achternaam":"Jellema","roepnaam":"Yfke","emailadres":"y.jellema@school.example.invalid","groepen":["99AA00-2627-1-2-4-5-6-8"]},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c9a2ce0d3f200009518953251e","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":11,"soort":"leerkracht","gegevens":{"key":"20afe784-5d71-9854-c574-a41495d9e1f8","eckid":"https://ketenid.nl/pilot/b5460c1ed28c3e0494db0202ed12a15c757dac28a640e100a6f11df756ed934757919aa30f632c55ab2c4111f927e5aed15eca74f6c3d285e7cbdeff411b9150","achternaam":"Taleb","voorvoegsel":"Aït","roepnaam":"Yasmina","emailadres":"y.aittaleb@school.example.invalid","groepen":["99AA00-2627-s-plusklas","99AA00-2627-1-2-4-5-6-8","99AA00-2627-s-lezen4"]},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c9a2ce0e4cf0000a1aea132a6a","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":12,"soort":"leerling","gegevens":{"key":"2606670000","eckid":"https://ketenid.nl/pilot/61aa6d7b59a52d0007a3ac8e27521e152fdc6578508d2b7587b9d9180e839a496db2c16a2516ba8b11765f5bbc1a3664bf0eb2bf825946b58d932262d257bfcc","achternaam":"Peters","roepnaam":"Siem","geboortedatum":"2022-09-20","jaargroep":"1","groepen":["99AA00-2627-1-2-4-5-6-8"]},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c9a2ce0f5830000b1f7a9e1254","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":13,"soort":"leerling","gegevens":{"key":"2505210000","eckid":"https://ketenid.nl/pilot/7f9ebb86e7559842de20381a71c1c961241dd75784264c941d44021235f13918d1f4baea5422cbf0d035a2971623b6c100d4f2f6c6c2a27eadce7b9f98003ff6","achternaam":"Boer","voorvoegsel":"de","roepnaam":"Levi","geboortedatum":"2021-01-22","jaargroep":"2","groepen":["99AA00-2627-1-2-4-5-6-8"]},"keuze":"niet importeren","reden":"zelf gekozen","lid":null,"wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":14,"soort":"leerling","gegevens":{"key":"2307320000","eckid":"https://ketenid.nl/pilot/f344439b262c78276856a3f3daa3295a78162cc837fb9d60cd40573b15c717b8010b8a59a1a6659b10cf95b1a67480f11fe0c33b07b338cc301cd690ca6b2312","achternaam":"Hoekstra","roepnaam":"Sem","geboortedatum":"2019-03-01","jaargroep":"4","groepen":["99AA00-2627-1-2-4-5-6-8","99AA00-2627-s-lezen4","99AA00-2627-s-schakel"]},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c9a2ce10d2e0000cf58a66df6f","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":15,"soort":"leerling","gegevens":{"key":"2205470000","eckid":"https://ketenid.nl/pilot/5286b7e02aed4447d597c1735a4131469fddf3fc0524c0ad462f431d63ca8ce3d581c1bb00a52a591f3ed744531954b545adfb467d209043188b408e32f78b5a","achternaam":"Ziani","roepnaam":"Imane","geboortedatum":"2016-10-12","jaargroep":"5","groepen":["99AA00-2627-1-2-4-5-6-8","99AA00-2627-s-plusklas","99AA00-2627-s-schakel"]},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c9a2ce11d750000d8b2b0a2926","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":16,"soort":"leerling","gegevens":{"key":"2102110000","eckid":"https://ketenid.nl/pilot/17387fe2d13777133e88b951ba87f5b4e4d183ae8e6469ed703e2125515a1eeadef99463aef8c03b2abf295c1599ded335eaac0bc58a2bc6ddcecd0c42bd3348","achternaam":"Hendriks","roepnaam":"Maud","geboortedatum":"2015-09-24","jaargroep":"6","groepen":["99AA00-2627-1-2-4-5-6-8","99AA00-2627-s-plusklas","99AA00-2627-s-rekenen6","99AA00-2627-s-schakel"]},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c9a2ce130280000e7685b4cd9f","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":17,"soort":"leerling","gegevens":{"key":"1907710000","eckid":"https://ketenid.nl/pilot/93772fa4c8b013ca125ca4efb427663596ed9d8b8f091cb535ae81d362bf145c701d4a52f9e1d74104e624e2825838ff68c867c37d89b17aa670e95f625c9596","achternaam":"Vries","voorvoegsel":"de","roepnaam":"Wout","geboortedatum":"2015-07-29","jaargroep":"8","groepen":["99AA00-2627-1-2-4-5-6-8","99AA00-2627-s-plusklas","99AA00-2627-s-schakel"]},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c9a2ce140780000fd20362e413","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]}],"weg":[],"leerlingen_actief":0,"roster_hash":"d5f5ed11efb385efee56125473775f86a697f624e27d828d9892d2b6cd1e419b","leden_hash":"d987154b1dc79537deca016bf64a9a5db5f2cc775cf084bcbbd06dde46d27f8c","toegestaan":false,"max_deactivated":0.2,"id":1}');
INSERT INTO resultaat VALUES (1, '50718edce0e1700ac84a07eda6d0ad09daaffe52', 'klaar', 1, false, 0, '2026-2027', 'T1', '2026-11-20 22:00:00+00', '2026-11-20 21:00:00+00', NULL, NULL, '{"leerlingid":"2606670000"}', '{"type":"resultaat","key":"50718edce0e1700ac84a07eda6d0ad09daaffe52","afnamedatum":"2026-11-03","toetscode":"T1","versie":null,"toetsonderdeelcode":null,"uitkomst":0,"infourl":null}');
INSERT INTO resultaat VALUES (1, 'eigen-1', 'geweigerd', 1, false, 0, '2026-2027', 'T1', '2026-11-20 22:00:00+00', '2026-11-20 21:00:00+00', NULL, 'Client.ScoreOngeldig', '{"leerlingid":"2505210000"}', '{"type":"resultaat","key":"eigen-1","afnamedatum":"2026-11-03","toetscode":"T1","versie":null,"toetsonderdeelcode":null,"uitkomst":1,"infourl":null}');
INSERT INTO resultaat VALUES (1, 'eigen-2', 'bezorgd', 1, false, 0, '2026-2027', 'T1', '2026-11-20 22:00:00+00', '2026-11-20 21:00:00+00', NULL, NULL, '{"leerlingid":"2307320000"}', '{"type":"resultaat","key":"eigen-2","afnamedatum":"2026-11-03","toetscode":"T1","versie":null,"toetsonderdeelcode":null,"uitkomst":2,"infourl":null}');
INSERT INTO slot VALUES (1);
INSERT INTO toets VALUES (1, 'T1', '{"type":"toets","toetscode":{"vocabulaire":null,"vocabulairelocatie":null,"waarde":"T1"},"versie":null,"toetsnaam":"Rekenen","leerjaar":null,"vakgebied":null,"toetsnormering":null,"toetshierarchie":[],"toetsonderdelen":[]}');
SELECT pg_catalog.setval('gebeurtenis_id_seq', 6, true);
SELECT pg_catalog.setval('koppeling_id_seq', 1, true);
SELECT pg_catalog.setval('plan_id_seq', 1, true);
ALTER TABLE ONLY alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY gebeurtenis
    ADD CONSTRAINT pk_gebeurtenis PRIMARY KEY (id);
ALTER TABLE ONLY koppeling
    ADD CONSTRAINT pk_koppeling PRIMARY KEY (id);
ALTER TABLE ONLY lid
    ADD CONSTRAINT pk_lid PRIMARY KEY (id);
ALTER TABLE ONLY plan
    ADD CONSTRAINT pk_plan PRIMARY KEY (id);
ALTER TABLE ONLY resultaat
    ADD CONSTRAINT pk_resultaat PRIMARY KEY (koppeling_id, key);
ALTER TABLE ONLY slot
    ADD CONSTRAINT pk_slot PRIMARY KEY (koppeling_id);
ALTER TABLE ONLY toets
    ADD CONSTRAINT pk_toets PRIMARY KEY (koppeling_id, toetscode);
CREATE INDEX ix_gebeurtenis_koppeling_id ON gebeurtenis USING btree (koppeling_id);
CREATE INDEX ix_koppeling_school ON koppeling USING btree (school);
CREATE INDEX ix_koppeling_status ON koppeling USING btree (status);
CREATE INDEX ix_lid_school ON lid USING btree (school);
CREATE INDEX ix_plan_koppeling_id ON plan USING btree (koppeling_id);
CREATE INDEX ix_resultaat_koppeling_id_status_schooljaar ON resultaat USING btree (koppeling_id, status, schooljaar);
ALTER TABLE ONLY gebeurtenis
    ADD CONSTRAINT fk_gebeurtenis_koppeling_id FOREIGN KEY (koppeling_id) REFERENCES koppeling(id);
ALTER TABLE ONLY plan
    ADD CONSTRAINT fk_plan_koppeling_id FOREIGN KEY (koppeling_id) REFERENCES koppeling(id);
ALTER TABLE ONLY resultaat
    ADD CONSTRAINT fk_resultaat_koppeling_id FOREIGN KEY (koppeling_id) REFERENCES koppeling(id);
ALTER TABLE ONLY slot
    ADD CONSTRAINT fk_slot_koppeling_id FOREIGN KEY (koppeling_id) REFERENCES koppeling(id);
ALTER TABLE ONLY toets
    ADD CONSTRAINT fk_toets_koppeling_id FOREIGN KEY (koppeling_id) REFERENCES koppeling(id);
