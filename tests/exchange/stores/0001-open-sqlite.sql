BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE gebeurtenis (
	id INTEGER NOT NULL, 
	koppeling_id INTEGER NOT NULL, 
	op DATETIME NOT NULL, 
	soort VARCHAR(32) NOT NULL, 
	gegevens JSON NOT NULL, 
	CONSTRAINT pk_gebeurtenis PRIMARY KEY (id), 
	CONSTRAINT fk_gebeurtenis_koppeling_id FOREIGN KEY(koppeling_id) REFERENCES koppeling (id)
);
INSERT INTO "gebeurtenis" VALUES(1,1,'2026-11-20 21:00:00.000000','aangevraagd','{}');
INSERT INTO "gebeurtenis" VALUES(2,1,'2026-11-20 21:00:00.000000','goedgekeurd','{}');
INSERT INTO "gebeurtenis" VALUES(3,1,'2026-11-20 21:00:00.000000','actief','{}');
INSERT INTO "gebeurtenis" VALUES(4,1,'2026-11-20 21:00:00.000000','plan','{"plan": 1, "groep": {"nieuw": 5, "te_wijzigen": 0, "ongewijzigd": 0, "niet_importeren": 0, "conflict": 0, "deactiveren": 0}, "leerkracht": {"nieuw": 6, "te_wijzigen": 0, "ongewijzigd": 0, "niet_importeren": 0, "conflict": 0, "deactiveren": 0}, "leerling": {"nieuw": 6, "te_wijzigen": 0, "ongewijzigd": 0, "niet_importeren": 0, "conflict": 0, "deactiveren": 0}}');
INSERT INTO "gebeurtenis" VALUES(5,1,'2026-11-20 21:00:00.000000','toegepast','{"plan": 1, "groep": {"nieuw": 5, "te_wijzigen": 0, "ongewijzigd": 0, "niet_importeren": 0, "conflict": 0, "deactiveren": 0}, "leerkracht": {"nieuw": 6, "te_wijzigen": 0, "ongewijzigd": 0, "niet_importeren": 0, "conflict": 0, "deactiveren": 0}, "leerling": {"nieuw": 5, "te_wijzigen": 0, "ongewijzigd": 0, "niet_importeren": 1, "conflict": 0, "deactiveren": 0}}');
INSERT INTO "gebeurtenis" VALUES(6,1,'2026-11-20 21:00:00.000000','sleutelwissel','{"sleutels": 1}');
CREATE TABLE koppeling (
	id INTEGER NOT NULL, 
	naam VARCHAR NOT NULL, 
	school VARCHAR(64) NOT NULL, 
	vendor VARCHAR(64) NOT NULL, 
	url VARCHAR, 
	leerresultaten_url VARCHAR, 
	autorisatiesleutel TEXT, 
	klantcode VARCHAR NOT NULL, 
	klantnaam VARCHAR NOT NULL, 
	versie VARCHAR(8) NOT NULL, 
	gegevenssetid VARCHAR, 
	bronnen TEXT NOT NULL, 
	schooljaar VARCHAR(9), 
	status VARCHAR(12) NOT NULL, 
	aangevraagd_op DATETIME NOT NULL, 
	geactiveerd_op DATETIME, 
	vorig_schooljaar BOOLEAN NOT NULL, 
	laatst_opgehaald DATETIME, 
	laatst_bezorgd DATETIME, 
	laatste_aanmaakdatum DATETIME, 
	laatste_nacht DATE, 
	roster_hash VARCHAR(64), 
	sleutelwissel TEXT, 
	genegeerd TEXT, 
	bekende_leerlingen TEXT, 
	CONSTRAINT pk_koppeling PRIMARY KEY (id)
);
INSERT INTO "koppeling" VALUES(1,'De Proef','s1','standaard','http://127.0.0.1:9/ll','http://127.0.0.1:9/lr','f9Z5kWYzKCqjHy1tgIWI','EA7659','Voorbeeld Toetsen','2.2',NULL,'[{"brincode":"99AA","dependancecode":"00"}]',NULL,'actief','2026-11-20 21:00:00.000000','2026-11-20 21:00:00.000000',0,'2026-11-20 21:00:00.000000',NULL,NULL,NULL,'d5f5ed11efb385efee56125473775f86a697f624e27d828d9892d2b6cd1e419b','{"oud":"nieuw"}','[["leerling","https://ketenid.nl/pilot/7f9ebb86e7559842de20381a71c1c961241dd75784264c941d44021235f13918d1f4baea5422cbf0d035a2971623b6c100d4f2f6c6c2a27eadce7b9f98003ff6"]]',NULL);
CREATE TABLE lid (
	id VARCHAR(32) NOT NULL, 
	school VARCHAR(64) NOT NULL, 
	soort VARCHAR(12) NOT NULL, 
	actief BOOLEAN NOT NULL, 
	"key" TEXT, 
	eckid TEXT, 
	naam VARCHAR, 
	achternaam TEXT, 
	voorvoegsel TEXT, 
	roepnaam TEXT, 
	geboortedatum TEXT, 
	emailadres TEXT, 
	jaargroep VARCHAR(4), 
	groepen VARCHAR, 
	CONSTRAINT pk_lid PRIMARY KEY (id)
);
INSERT INTO "lid" VALUES('18ea6c99e912fff9000002059002392','s1','groep',1,'99AA00-2627-1-2-4-5-6-8',NULL,'Groep 1/2/4/5/6/8',NULL,NULL,NULL,NULL,NULL,'C','[]');
INSERT INTO "lid" VALUES('18ea6c99e9138358000018c2596f707','s1','groep',1,'99AA00-2627-s-plusklas',NULL,'Plusklas',NULL,NULL,NULL,NULL,NULL,NULL,'[]');
INSERT INTO "lid" VALUES('18ea6c99e91396e7000023fed27f750','s1','groep',1,'99AA00-2627-s-lezen4',NULL,'Leesgroep 4',NULL,NULL,NULL,NULL,NULL,NULL,'[]');
INSERT INTO "lid" VALUES('18ea6c99e913a5b1000037eea0b10e4','s1','groep',1,'99AA00-2627-s-rekenen6',NULL,'Rekengroep 6',NULL,NULL,NULL,NULL,NULL,NULL,'[]');
INSERT INTO "lid" VALUES('18ea6c99e913b55700004c42e4c19d7','s1','groep',1,'99AA00-2627-s-schakel',NULL,'Schakelklas',NULL,NULL,NULL,NULL,NULL,NULL,'[]');
INSERT INTO "lid" VALUES('18ea6c99e913cf2900005123a4fd378','s1','leerkracht',1,'8b49be0f-5d39-ec4a-c8db-7387017106b6','https://ketenid.nl/pilot/07951a9ff00162a67fa2c5803fc2c963a6b7245fd3017f2e7249bc8d425b948bc5079772127a943dd970a0471a12c2c1f6b40fc47731b162f506ce2f7f3fd670',NULL,'Ivanov',NULL,'Jakub',NULL,'iemand@example.org',NULL,'[]');
INSERT INTO "lid" VALUES('18ea6c99e913ddca00006de1772af69','s1','leerkracht',1,'ab077e8d-142c-7431-c130-68ebdc83f8b8','https://ketenid.nl/pilot/4c544f8d7afd44f268d539870911ff9fac4e6a161af230db28d004591d4858fede8f2b9231621eb04e9e4def9355b44f736108f0095bd992637b6d73e5b96a6b',NULL,'Daniëls',NULL,'Roos',NULL,'r.daniels@school.example.invalid',NULL,'[]');
INSERT INTO "lid" VALUES('18ea6c99e914013c000074a4ee8f950','s1','leerkracht',1,'589cffd2-94f0-caf3-1227-eed859f2aabe',NULL,NULL,'Bakker',NULL,'Mees',NULL,'iemand@example.org',NULL,'["99AA00-2627-s-plusklas","99AA00-2627-s-lezen4","99AA00-2627-s-rekenen6","99AA00-2627-s-schakel"]');
INSERT INTO "lid" VALUES('18ea6c99e91427390000884218d87cf','s1','leerkracht',1,'a473a7a9-f434-8b17-323d-e593c06f9714','https://ketenid.nl/pilot/a3e4c2e9a2bb332e91dcb0a3b8e82aff9454b8d35355af23642abab8d1d9552afe55b5ba3c76f33d3b664464a73f203b1f659fa3fce3ac6419a4a47c2c099bc0',NULL,'Veen','van der','Gijs',NULL,'g.vanderveen@school.example.invalid',NULL,'["99AA00-2627-1-2-4-5-6-8"]');
INSERT INTO "lid" VALUES('18ea6c99e914396a00009176f7cd390','s1','leerkracht',1,'1f80f42a-48f3-52b9-ae60-73049a9919d2','https://ketenid.nl/pilot/5ec2b37dd2e863e29e3ca95eedef660c84f3118e58102e11890aa535fc71a7b7f03ee25b7023d3598dd415107a2b8a9e79a59639def4cebc203512e1ba1b8ba2',NULL,'Jellema',NULL,'Yfke',NULL,'y.jellema@school.example.invalid',NULL,'["99AA00-2627-1-2-4-5-6-8"]');
INSERT INTO "lid" VALUES('18ea6c99e91449380000abaae82b763','s1','leerkracht',1,'20afe784-5d71-9854-c574-a41495d9e1f8','https://ketenid.nl/pilot/b5460c1ed28c3e0494db0202ed12a15c757dac28a640e100a6f11df756ed934757919aa30f632c55ab2c4111f927e5aed15eca74f6c3d285e7cbdeff411b9150',NULL,'Taleb','Aït','Yasmina',NULL,'y.aittaleb@school.example.invalid',NULL,'["99AA00-2627-s-plusklas","99AA00-2627-1-2-4-5-6-8","99AA00-2627-s-lezen4"]');
INSERT INTO "lid" VALUES('18ea6c99e91457a70000bd3fb65f9f8','s1','leerling',0,'2606670000','https://ketenid.nl/pilot/61aa6d7b59a52d0007a3ac8e27521e152fdc6578508d2b7587b9d9180e839a496db2c16a2516ba8b11765f5bbc1a3664bf0eb2bf825946b58d932262d257bfcc',NULL,'Peters',NULL,'Siem','2022-09-20',NULL,'1','["99AA00-2627-1-2-4-5-6-8"]');
INSERT INTO "lid" VALUES('18ea6c99e9146a320000c9d0316230c','s1','leerling',1,'2307320000','https://ketenid.nl/pilot/f344439b262c78276856a3f3daa3295a78162cc837fb9d60cd40573b15c717b8010b8a59a1a6659b10cf95b1a67480f11fe0c33b07b338cc301cd690ca6b2312',NULL,'Hoekstra',NULL,'Sem','2019-03-01',NULL,'4','["99AA00-2627-1-2-4-5-6-8","99AA00-2627-s-lezen4","99AA00-2627-s-schakel"]');
INSERT INTO "lid" VALUES('18ea6c99e91477390000daf470c7ad7','s1','leerling',1,'2205470000','https://ketenid.nl/pilot/5286b7e02aed4447d597c1735a4131469fddf3fc0524c0ad462f431d63ca8ce3d581c1bb00a52a591f3ed744531954b545adfb467d209043188b408e32f78b5a',NULL,'Ziani',NULL,'Imane','2016-10-12',NULL,'5','["99AA00-2627-1-2-4-5-6-8","99AA00-2627-s-plusklas","99AA00-2627-s-schakel"]');
INSERT INTO "lid" VALUES('18ea6c99e914868f0000ebcfbfc17e6','s1','leerling',1,'2102110000','https://ketenid.nl/pilot/17387fe2d13777133e88b951ba87f5b4e4d183ae8e6469ed703e2125515a1eeadef99463aef8c03b2abf295c1599ded335eaac0bc58a2bc6ddcecd0c42bd3348',NULL,'Hendriks',NULL,'Maud','2015-09-24',NULL,'6','["99AA00-2627-1-2-4-5-6-8","99AA00-2627-s-plusklas","99AA00-2627-s-rekenen6","99AA00-2627-s-schakel"]');
INSERT INTO "lid" VALUES('18ea6c99e9149ad30000f35ee6895f3','s1','leerling',1,'1907710000','https://ketenid.nl/pilot/93772fa4c8b013ca125ca4efb427663596ed9d8b8f091cb535ae81d362bf145c701d4a52f9e1d74104e624e2825838ff68c867c37d89b17aa670e95f625c9596',NULL,'Vries','de','Wout','2015-07-29',NULL,'8','["99AA00-2627-1-2-4-5-6-8","99AA00-2627-s-plusklas","99AA00-2627-s-schakel"]');
CREATE TABLE "plan" (
	id INTEGER NOT NULL, 
	koppeling_id INTEGER NOT NULL, 
	gemaakt_op DATETIME NOT NULL, 
	status VARCHAR(12) NOT NULL, 
	inhoud TEXT NOT NULL, 
	CONSTRAINT pk_plan PRIMARY KEY (id), 
	CONSTRAINT fk_plan_koppeling_id FOREIGN KEY(koppeling_id) REFERENCES koppeling (id)
);
INSERT INTO "plan" VALUES(1,1,'2026-11-20 21:00:00.000000','toegepast','{"koppeling_id":1,"schooljaar":"2026-2027","rijen":[{"nummer":1,"soort":"groep","gegevens":{"key":"99AA00-2627-1-2-4-5-6-8","naam":"Groep 1/2/4/5/6/8","jaargroep":"C"},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c99e912fff9000002059002392","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":2,"soort":"groep","gegevens":{"key":"99AA00-2627-s-plusklas","naam":"Plusklas"},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c99e9138358000018c2596f707","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":3,"soort":"groep","gegevens":{"key":"99AA00-2627-s-lezen4","naam":"Leesgroep 4"},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c99e91396e7000023fed27f750","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":4,"soort":"groep","gegevens":{"key":"99AA00-2627-s-rekenen6","naam":"Rekengroep 6"},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c99e913a5b1000037eea0b10e4","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":5,"soort":"groep","gegevens":{"key":"99AA00-2627-s-schakel","naam":"Schakelklas"},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c99e913b55700004c42e4c19d7","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":6,"soort":"leerkracht","gegevens":{"key":"8b49be0f-5d39-ec4a-c8db-7387017106b6","eckid":"https://ketenid.nl/pilot/07951a9ff00162a67fa2c5803fc2c963a6b7245fd3017f2e7249bc8d425b948bc5079772127a943dd970a0471a12c2c1f6b40fc47731b162f506ce2f7f3fd670","achternaam":"Ivanov","roepnaam":"Jakub","emailadres":"iemand@example.org"},"keuze":"nieuw","reden":"zelf gekozen","lid":"18ea6c99e913cf2900005123a4fd378","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":7,"soort":"leerkracht","gegevens":{"key":"ab077e8d-142c-7431-c130-68ebdc83f8b8","eckid":"https://ketenid.nl/pilot/4c544f8d7afd44f268d539870911ff9fac4e6a161af230db28d004591d4858fede8f2b9231621eb04e9e4def9355b44f736108f0095bd992637b6d73e5b96a6b","achternaam":"Daniëls","roepnaam":"Roos","emailadres":"r.daniels@school.example.invalid"},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c99e913ddca00006de1772af69","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":8,"soort":"leerkracht","gegevens":{"key":"589cffd2-94f0-caf3-1227-eed859f2aabe","achternaam":"Bakker","roepnaam":"Mees","emailadres":"iemand@example.org","groepen":["99AA00-2627-s-plusklas","99AA00-2627-s-lezen4","99AA00-2627-s-rekenen6","99AA00-2627-s-schakel"]},"keuze":"nieuw","reden":"zelf gekozen","lid":"18ea6c99e914013c000074a4ee8f950","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":9,"soort":"leerkracht","gegevens":{"key":"a473a7a9-f434-8b17-323d-e593c06f9714","eckid":"https://ketenid.nl/pilot/a3e4c2e9a2bb332e91dcb0a3b8e82aff9454b8d35355af23642abab8d1d9552afe55b5ba3c76f33d3b664464a73f203b1f659fa3fce3ac6419a4a47c2c099bc0","achternaam":"Veen","voorvoegsel":"van der","roepnaam":"Gijs","emailadres":"g.vanderveen@school.example.invalid","groepen":["99AA00-2627-1-2-4-5-6-8"]},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c99e91427390000884218d87cf","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":10,"soort":"leerkracht","gegevens":{"key":"1f80f42a-48f3-52b9-ae60-73049a9919d2","eckid":"https://ketenid.nl/pilot/5ec2b37dd2e863e29e3ca95eedef660c84f3118e58102e11890aa535fc71a7b7f03ee25b7023d3598dd415107a2b8a9e79a59639def4cebc203512e1ba1b8ba2","achternaam":"Jellema","roepnaam":"Yfke","emailadres":"y.jellema@school.example.invalid","groepen":["99AA00-2627-1-2-4-5-6-8"]},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c99e914396a00009176f7cd390","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":11,"soort":"leerkracht","gegevens":{"key":"20afe784-5d71-9854-c574-a41495d9e1f8","eckid":"https://ketenid.nl/pilot/b5460c1ed28c3e0494db0202ed12a15c757dac28a640e100a6f11df756ed934757919aa30f632c55ab2c4111f927e5aed15eca74f6c3d285e7cbdeff411b9150","achternaam":"Taleb","voorvoegsel":"Aït","roepnaam":"Yasmina","emailadres":"y.aittaleb@school.example.invalid","groepen":["99AA00-2627-s-plusklas","99AA00-2627-1-2-4-5-6-8","99AA00-2627-s-lezen4"]},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c99e91449380000abaae82b763","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":12,"soort":"leerling","gegevens":{"key":"2606670000","eckid":"https://ketenid.nl/pilot/61aa6d7b59a52d0007a3ac8e27521e152fdc6578508d2b7587b9d9180e839a496db2c16a2516ba8b11765f5bbc1a3664bf0eb2bf825946b58d932262d257bfcc","achternaam":"Peters","roepnaam":"Siem","geboortedatum":"2022-09-20","jaargroep":"1","groepen":["99AA00-2627-1-2-4-5-6-8"]},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c99e91457a70000bd3fb65f9f8","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":13,"soort":"leerling","gegevens":{"key":"2505210000","eckid":"https://ketenid.nl/pilot/7f9ebb86e7559842de20381a71c1c961241dd75784264c941d44021235f13918d1f4baea5422cbf0d035a2971623b6c100d4f2f6c6c2a27eadce7b9f98003ff6","achternaam":"Boer","voorvoegsel":"de","roepnaam":"Levi","geboortedatum":"2021-01-22","jaargroep":"2","groepen":["99AA00-2627-1-2-4-5-6-8"]},"keuze":"niet importeren","reden":"zelf gekozen","lid":null,"wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":14,"soort":"leerling","gegevens":{"key":"2307320000","eckid":"https://ketenid.nl/pilot/f344439b262c78276856a3f3daa3295a78162cc837fb9d60cd40573b15c717b8010b8a59a1a6659b10cf95b1a67480f11fe0c33b07b338cc301cd690ca6b2312","achternaam":"Hoekstra","roepnaam":"Sem","geboortedatum":"2019-03-01","jaargroep":"4","groepen":["99AA00-2627-1-2-4-5-6-8","99AA00-2627-s-lezen4","99AA00-2627-s-schakel"]},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c99e9146a320000c9d0316230c","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":15,"soort":"leerling","gegevens":{"key":"2205470000","eckid":"https://ketenid.nl/pilot/5286b7e02aed4447d597c1735a4131469fddf3fc0524c0ad462f431d63ca8ce3d581c1bb00a52a591f3ed744531954b545adfb467d209043188b408e32f78b5a","achternaam":"Ziani","roepnaam":"Imane","geboortedatum":"2016-10-12","jaargroep":"5","groepen":["99AA00-2627-1-2-4-5-6-8","99AA00-2627-s-plusklas","99AA00-2627-s-schakel"]},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c99e91477390000daf470c7ad7","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":16,"soort":"leerling","gegevens":{"key":"2102110000","eckid":"https://ketenid.nl/pilot/17387fe2d13777133e88b951ba87f5b4e4d183ae8e6469ed703e2125515a1eeadef99463aef8c03b2abf295c1599ded335eaac0bc58a2bc6ddcecd0c42bd3348","achternaam":"Hendriks","roepnaam":"Maud","geboortedatum":"2015-09-24","jaargroep":"6","groepen":["99AA00-2627-1-2-4-5-6-8","99AA00-2627-s-plusklas","99AA00-2627-s-rekenen6","99AA00-2627-s-schakel"]},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c99e914868f0000ebcfbfc17e6","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]},{"nummer":17,"soort":"leerling","gegevens":{"key":"1907710000","eckid":"https://ketenid.nl/pilot/93772fa4c8b013ca125ca4efb427663596ed9d8b8f091cb535ae81d362bf145c701d4a52f9e1d74104e624e2825838ff68c867c37d89b17aa670e95f625c9596","achternaam":"Vries","voorvoegsel":"de","roepnaam":"Wout","geboortedatum":"2015-07-29","jaargroep":"8","groepen":["99AA00-2627-1-2-4-5-6-8","99AA00-2627-s-plusklas","99AA00-2627-s-schakel"]},"keuze":"nieuw","reden":"onbekend","lid":"18ea6c99e9149ad30000f35ee6895f3","wijzigt":[],"kandidaten":[],"bronnen":["99XX00"]}],"weg":[],"leerlingen_actief":0,"roster_hash":"d5f5ed11efb385efee56125473775f86a697f624e27d828d9892d2b6cd1e419b","leden_hash":"d987154b1dc79537deca016bf64a9a5db5f2cc775cf084bcbbd06dde46d27f8c","toegestaan":false,"max_deactivated":0.2,"id":1}');
CREATE TABLE resultaat (
	koppeling_id INTEGER NOT NULL, 
	"key" VARCHAR(256) NOT NULL, 
	status VARCHAR(12) NOT NULL, 
	volgnummer INTEGER NOT NULL, 
	wacht BOOLEAN NOT NULL, 
	bron INTEGER NOT NULL, 
	schooljaar VARCHAR(9) NOT NULL, 
	toetscode VARCHAR(256) NOT NULL, 
	genormeerd_op DATETIME NOT NULL, 
	vastgelegd_op DATETIME NOT NULL, 
	bezorgd_op DATETIME, 
	foutcode VARCHAR(64), 
	persoon TEXT NOT NULL, 
	inhoud TEXT NOT NULL, 
	CONSTRAINT pk_resultaat PRIMARY KEY (koppeling_id, "key"), 
	CONSTRAINT fk_resultaat_koppeling_id FOREIGN KEY(koppeling_id) REFERENCES koppeling (id)
);
INSERT INTO "resultaat" VALUES(1,'50718edce0e1700ac84a07eda6d0ad09daaffe52','klaar',1,0,0,'2026-2027','T1','2026-11-20 22:00:00.000000','2026-11-20 21:00:00.000000',NULL,NULL,'{"leerlingid":"2606670000"}','{"type":"resultaat","key":"50718edce0e1700ac84a07eda6d0ad09daaffe52","afnamedatum":"2026-11-03","toetscode":"T1","versie":null,"toetsonderdeelcode":null,"uitkomst":0,"infourl":null}');
INSERT INTO "resultaat" VALUES(1,'eigen-1','geweigerd',1,0,0,'2026-2027','T1','2026-11-20 22:00:00.000000','2026-11-20 21:00:00.000000',NULL,'Client.ScoreOngeldig','{"leerlingid":"2505210000"}','{"type":"resultaat","key":"eigen-1","afnamedatum":"2026-11-03","toetscode":"T1","versie":null,"toetsonderdeelcode":null,"uitkomst":1,"infourl":null}');
INSERT INTO "resultaat" VALUES(1,'eigen-2','bezorgd',1,0,0,'2026-2027','T1','2026-11-20 22:00:00.000000','2026-11-20 21:00:00.000000',NULL,NULL,'{"leerlingid":"2307320000"}','{"type":"resultaat","key":"eigen-2","afnamedatum":"2026-11-03","toetscode":"T1","versie":null,"toetsonderdeelcode":null,"uitkomst":2,"infourl":null}');
CREATE TABLE slot (
	koppeling_id INTEGER NOT NULL, 
	CONSTRAINT pk_slot PRIMARY KEY (koppeling_id), 
	CONSTRAINT fk_slot_koppeling_id FOREIGN KEY(koppeling_id) REFERENCES koppeling (id)
);
INSERT INTO "slot" VALUES(1);
CREATE TABLE toets (
	koppeling_id INTEGER NOT NULL, 
	toetscode VARCHAR(256) NOT NULL, 
	inhoud VARCHAR NOT NULL, 
	CONSTRAINT pk_toets PRIMARY KEY (koppeling_id, toetscode), 
	CONSTRAINT fk_toets_koppeling_id FOREIGN KEY(koppeling_id) REFERENCES koppeling (id)
);
INSERT INTO "toets" VALUES(1,'T1','{"type":"toets","toetscode":{"vocabulaire":null,"vocabulairelocatie":null,"waarde":"T1"},"versie":null,"toetsnaam":"Rekenen","leerjaar":null,"vakgebied":null,"toetsnormering":null,"toetshierarchie":[],"toetsonderdelen":[]}');
CREATE INDEX ix_koppeling_school ON koppeling (school);
CREATE INDEX ix_koppeling_status ON koppeling (status);
CREATE INDEX ix_lid_school ON lid (school);
CREATE INDEX ix_gebeurtenis_koppeling_id ON gebeurtenis (koppeling_id);
CREATE INDEX ix_plan_koppeling_id ON "plan" (koppeling_id);
CREATE INDEX ix_resultaat_koppeling_id_status_schooljaar ON resultaat (koppeling_id, status, schooljaar);
COMMIT;
